//! Rosters as offices have them; the files are in `samples`.
use super::*;

/// Number, name, delegation and first contact of each good row.
fn good(preview: &Preview) -> Vec<(i32, &str, &str, Option<&str>)> {
    preview
        .good
        .iter()
        .map(|row| {
            let contact = row.contacts.first().map(Contact::expose);
            (
                row.number,
                row.name.as_str(),
                row.delegation.as_str(),
                contact,
            )
        })
        .collect()
}

fn bad(preview: &Preview) -> Vec<(u64, &str, &str)> {
    preview
        .bad
        .iter()
        .map(|bad| (bad.line, bad.column, bad.code))
        .collect()
}

#[test]
fn every_bad_row_is_reported_with_its_line() {
    let file = "\u{feff}编号,姓名,代表团,手机\n1,张明,城关代表团,13800000001\nx,李芳,城关代表团,\n3,,城关代表团,\n\n\
                4,王强,石桥镇代表团,12345\n1,赵六,石桥镇代表团,\n6,孙七,石桥镇代表团,138 0000 0001\n";
    let preview = read(file.as_bytes()).unwrap();
    let lines: Vec<_> = preview
        .good
        .iter()
        .map(|row| (row.line, row.number))
        .collect();
    assert_eq!(lines, [(2, 1)]);
    assert_eq!(
        bad(&preview),
        [
            (3, "number", "not-a-number"),
            (4, "name", "missing"),
            (6, "phone", "not-a-contact"),
            (7, "number", "repeated"),
            (8, "phone", "repeated"),
        ]
    );
}

const THREE: [(i32, &str, &str, Option<&str>); 3] = [
    (301, "试验甲·买买提", "试验代表团", Some("+8619900012301")),
    (302, "𠮷野试乙", "试验代表团", Some("+8619900012302")),
    (303, "㛃试丙", "试验代表团", Some("+8619900012303")),
];

#[test]
fn a_roster_is_the_same_in_whatever_file_an_office_keeps_it() {
    for (name, file) in [
        ("gb18030.csv", &include_bytes!("samples/gb18030.csv")[..]),
        ("utf16le-tsv.txt", include_bytes!("samples/utf16le-tsv.txt")),
        ("title-row.csv", include_bytes!("samples/title-row.csv")),
        ("semicolon.csv", include_bytes!("samples/semicolon.csv")),
        ("tab-pasted.txt", include_bytes!("samples/tab-pasted.txt")),
        (
            "fullwidth-number.csv",
            include_bytes!("samples/fullwidth-number.csv"),
        ),
        ("office.xlsx", include_bytes!("samples/office.xlsx")),
    ] {
        let preview = read(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(good(&preview), THREE, "{name}");
        assert_eq!(preview.bad, [], "{name}");
        // What the page carries to the confirmation is understood as the file was.
        let again = read(preview.text.as_bytes()).unwrap();
        assert_eq!(again.good, preview.good, "{name}");
    }
    let plain = read(include_bytes!("samples/plain.xlsx")).unwrap();
    assert_eq!(good(&plain), THREE[..1]);
    let gbk = read(include_bytes!("samples/gbk.csv")).unwrap();
    assert_eq!(good(&gbk)[0], THREE[0]);
}

#[test]
fn a_row_of_a_workbook_is_named_by_its_number_there() {
    let preview = read(include_bytes!("samples/office.xlsx")).unwrap();
    let lines: Vec<_> = preview.good.iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5]);
    assert_eq!(preview.unread_columns, ["当选日期"]);
    let again = read(preview.text.as_bytes()).unwrap();
    assert_eq!(again.unread_columns, ["当选日期"]);
}

#[test]
fn the_deputy_s_number_is_taken_not_the_running_one() {
    let preview = read(include_bytes!("samples/two-numbers.csv")).unwrap();
    assert_eq!(good(&preview), THREE[..2]);
    assert_eq!(preview.unread_columns, ["序号"]);
}

#[test]
fn headings_and_names_are_read_without_the_spaces_that_set_them() {
    let heads = read(include_bytes!("samples/head-spaces.csv")).unwrap();
    assert_eq!(good(&heads), THREE[..1]);
    let phones = read(include_bytes!("samples/heading-shoujihaoma.csv")).unwrap();
    assert!(
        phones.good.iter().all(|row| row.contacts.len() == 1) && phones.unread_columns.is_empty()
    );
    let names = read(include_bytes!("samples/name-spaces.csv")).unwrap();
    assert_eq!(
        good(&names),
        [
            (301, "张三", "试验代表团", None),
            (302, "张三", "试验代表团", None),
            (303, "李四", "试验代表团", None),
        ]
    );
    assert_eq!(without_setting("John  Smith 阿卜 杜"), "John  Smith 阿卜杜");
}

#[test]
fn a_damaged_character_or_number_is_never_taken_for_what_it_was() {
    let names = read(include_bytes!("samples/repl-char.csv")).unwrap();
    assert_eq!(bad(&names), [(2, "name", "damaged")]);
    let private = read("编号,姓名,代表团\n1,张\u{e123},城关\n".as_bytes()).unwrap();
    assert_eq!(bad(&private), [(2, "name", "damaged")]);
    let phones = read(include_bytes!("samples/sci-phone.csv")).unwrap();
    assert_eq!(
        bad(&phones),
        [
            (2, "phone", "digits-lost"),
            (3, "phone", "not-a-contact"),
            (4, "phone", "not-a-contact"),
        ]
    );
    // English headings, Chinese in GBK: read as what it is, not as replacement characters.
    let gbk = read(include_bytes!("samples/english-head-gbk-body.csv")).unwrap();
    assert_eq!(good(&gbk)[0].1, "试戊");
    assert!(!gbk.text.contains('\u{fffd}'));
}

#[test]
fn a_column_of_either_contact_takes_both_kinds() {
    let file = "编号,姓名,代表团,联系方式\n1,张明,城关,li@example.cn\n2,李芳,城关,13800000001\n";
    let preview = read(file.as_bytes()).unwrap();
    assert_eq!(preview.bad, []);
    let wrong = "编号,姓名,代表团,手机\n1,张明,城关,li@example.cn\n";
    assert_eq!(
        bad(&read(wrong.as_bytes()).unwrap()),
        [(2, "phone", "not-a-contact")]
    );
}

#[test]
fn a_file_that_is_no_roster_is_named_for_what_it_is() {
    assert_eq!(read(b"\xff\xff\xff"), Err(FileError::Encoding));
    assert_eq!(read("编号\0,姓名".as_bytes()), Err(FileError::Encoding));
    assert_eq!(read("a,b\n1,2\n".as_bytes()), Err(FileError::Columns));
    assert_eq!(read(b""), Err(FileError::Columns));
    assert_eq!(
        read("number,name,delegation\n".as_bytes()),
        Err(FileError::Empty)
    );
    assert_eq!(
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"),
        Err(FileError::OldWorkbook)
    );
    assert_eq!(read(b"PK\x03\x04 and so on"), Err(FileError::Workbook));
}

#[test]
fn a_roster_longer_than_any_congress_is_refused() {
    let rows: Vec<String> = (1..=MAX_ROWS + 1)
        .map(|number| format!("{number},张明,城关代表团\n"))
        .collect();
    let file = format!("编号,姓名,代表团\n{}", rows.concat());
    assert_eq!(read(file.as_bytes()), Err(FileError::TooLong));
    let most = file
        .lines()
        .take(MAX_ROWS + 1)
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(read(most.as_bytes()).unwrap().good.len(), MAX_ROWS);
    let wide = format!(
        "编号,姓名,代表团,{}\n1,张明,城关代表团,\n",
        "备注".repeat(70_000)
    );
    assert_eq!(read(wide.as_bytes()), Err(FileError::TooLong));
}

/// A workbook whose parts are replaced by `content`, packed.
fn with_sheet(content: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let plain = include_bytes!("samples/plain.xlsx");
    let mut from = zip::ZipArchive::new(Cursor::new(&plain[..])).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        to.start_file(&name, options).unwrap();
        let is_sheet = name == "xl/worksheets/sheet1.xml";
        to.write_all(if is_sheet { content } else { &bytes })
            .unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn a_small_archive_that_unpacks_beyond_all_measure_is_refused() {
    let bomb = with_sheet(&vec![b' '; 65 * 1024 * 1024]);
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert_eq!(read(&bomb), Err(FileError::Workbook));
}

#[test]
fn a_cell_at_the_far_end_of_a_sheet_takes_no_memory() {
    let sheet = |row: u32, column: &str| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
             <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>编号</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>姓名</t></is></c>\
             <c r=\"C1\" t=\"inlineStr\"><is><t>代表团</t></is></c></row>\
             <row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>张明</t></is></c>\
             <c r=\"C2\" t=\"inlineStr\"><is><t>城关</t></is></c></row>\
             <row r=\"{row}\"><c r=\"{column}{row}\"><v>1</v></c></row></sheetData></worksheet>"
        )
    };
    assert_eq!(
        read(&with_sheet(sheet(1_048_576, "A").as_bytes())),
        Err(FileError::TooLong)
    );
    let wide = read(&with_sheet(sheet(3, "XFD").as_bytes())).unwrap();
    assert_eq!(wide.good.len(), 1);
}

proptest::proptest! {
    /// A workbook that somebody damaged is refused or read, and never ends the program.
    #[test]
    fn a_damaged_workbook_is_refused_or_read(at in 0usize..5_000, with: u8) {
        let mut bytes = include_bytes!("samples/office.xlsx").to_vec();
        let length = bytes.len();
        bytes[at % length] = with;
        let _ = read(&bytes);
    }
}

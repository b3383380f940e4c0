//! Tricks with the archive's tar: what another program might read otherwise, or not at all.

use tally::verify::{Options, Verdict};

use super::world::{Entry, TIME, World, sum, write};
use super::{expect, opinion, refused_bytes};

/// The header of the second entry, changed, with its checksum put right.
fn header(change: impl FnOnce(&mut [u8; 512])) -> Vec<u8> {
    let entries = World::honest().entries();
    let at = write(&entries[..1]).len();
    let mut bytes = write(&entries);
    let header: &mut [u8; 512] = (&mut bytes[at..at + 512]).try_into().unwrap();
    let before = *header;
    change(header);
    sum(header);
    assert_ne!(*header, before);
    bytes
}

#[test]
fn a_header_with_anything_in_it_but_name_size_and_time_is_refused() {
    let at = write(&World::honest().entries()[..1]).len();
    let fields: [(usize, &[u8]); 19] = [
        // Something behind the name, mode, owner, group.
        (99, b"x"),
        (100, b"0000755\0"),
        (100, b"000644 \0"),
        (108, b"0000001\0"),
        (116, b"0000001\0"),
        (116, b"      0\0"),
        // The end of the size and of the time; GNU's binary size; signs and blanks that a parser may skip.
        (135, b" "),
        (147, b" "),
        (124, b"\x80"),
        (124, b" "),
        (124, b"+"),
        (136, b"+"),
        // A link, a folder, an old-style file, a long name, an extended header.
        (156, b"2"),
        (156, b"5"),
        (156, b"\0"),
        (156, b"L"),
        (156, b"x"),
        // A link's name; the newer format with names of owners.
        (157, b"BELENIOS"),
        (257, b"ustar\x0000root"),
    ];
    for (place, field) in fields {
        let bytes = header(|header| header[place..place + field.len()].copy_from_slice(field));
        let found = refused_bytes(&bytes, Options::default());
        expect(found, "archive", &format!("byte {at}"), "tar");
    }
}

#[test]
fn a_checksum_is_right_and_written_in_one_way() {
    let entries = World::honest().entries();
    let at = write(&entries[..1]).len();
    let honest = write(&entries);
    let digits = std::str::from_utf8(&honest[at + 148..at + 154]).unwrap();
    let sum = u32::from_str_radix(digits, 8).unwrap();
    for field in [
        format!("{:06o}\0 ", sum + 1),
        format!("{sum:06o} \0"),
        format!("{sum:07o}\0"),
        format!("{sum:6o}\0 ").replacen('0', " ", 1),
    ] {
        let mut bytes = honest.clone();
        bytes[at + 148..at + 156].copy_from_slice(field.as_bytes());
        assert_ne!(bytes, honest);
        let found = refused_bytes(&bytes, Options::default());
        expect(found, "archive", &format!("byte {at}"), "tar");
    }
}

#[test]
fn padding_is_zero_and_nothing_follows_or_is_missing() {
    let entries = World::honest().entries();
    let honest = write(&entries);
    let (first, last) = (
        write(&entries[..1]).len(),
        write(&entries[..entries.len() - 1]).len(),
    );
    let mut padded = honest.clone();
    padded[first - 1] = 1;
    expect(
        refused_bytes(&padded, Options::default()),
        "archive",
        "byte 0",
        "tar",
    );
    let end = format!("byte {}", honest.len());
    // The blocks that usually end a tar, a part of them, another byte, an entry without a name.
    for tail in [&[0; 1024][..], &[0; 512], &[0], b"x"] {
        let found = refused_bytes(&[&honest, tail].concat(), Options::default());
        expect(found, "archive", &end, "tar");
    }
    for length in [1, 511, 512, 513] {
        let found = refused_bytes(&honest[..honest.len() - length], Options::default());
        expect(found, "archive", &format!("byte {last}"), "tar");
    }
}

#[test]
fn a_name_is_the_hash_of_its_content_in_lower_case() {
    let name = |change: fn(&str) -> String| {
        let mut entries = World::honest().entries();
        let name = change(&entries[1].name);
        assert_ne!(name, entries[1].name);
        entries[1].name.clone_from(&name);
        (refused_bytes(&write(&entries), Options::default()), name)
    };
    let malformed: [fn(&str) -> String; 8] = [
        str::to_uppercase,
        |name| name.replacen(|c: char| c.is_ascii_lowercase(), "A", 1),
        |name| name.replace("data", "Data"),
        |name| name.replace(".data.json", ".json"),
        |name| name.replace(".data.json", ".data.json.gz"),
        |name| format!("./{name}"),
        |name| name[1..].to_owned(),
        |_| "BELENIOS".to_owned(),
    ];
    for change in malformed {
        let (found, name) = name(change);
        expect(found, "archive", &name, "name");
    }
    let (found, other) = name(|_| Entry::data("another").name);
    expect(found, "archive", &other, "name-hash");
}

#[test]
fn an_entrys_time_is_the_archives() {
    let entries = World::honest().entries();
    let bytes = header(|header| {
        header[136..147].copy_from_slice(format!("{:011o}", TIME + 1).as_bytes());
    });
    let found = refused_bytes(&bytes, Options::default());
    expect(found, "archive", &entries[1].name, "time");
    let mut entries = entries;
    entries[0].body = format!(r#"{{"version":1,"timestamp":"{}"}}"#, TIME - 1);
    let found = refused_bytes(&write(&entries), Options::default());
    expect(found, "archive", "BELENIOS", "time");
}

#[test]
fn an_archives_header_has_one_encoding() {
    let header = |body: &str| {
        let mut entries = World::honest().entries();
        entries[0].body = body.to_owned();
        write(&entries)
    };
    for body in [
        r#"{"version":1,"timestamp":"+1790000000"}"#,
        r#"{"version":1,"timestamp":"01790000000"}"#,
        r#"{"version":1,"timestamp":"1790000000.0"}"#,
        r#"{"version":1,"timestamp":1790000000}"#,
        r#"{"version":1,"timestamp":"1790000000","other":0}"#,
        r#"{"version":1}"#,
        r#"{"timestamp":"1790000000","version":1}"#,
        r#"{"version":01,"timestamp":"1790000000"}"#,
        r#"{"version": 1,"timestamp":"1790000000"}"#,
        "{\"version\":1,\"timestamp\":\"1790000000\"}\n",
        "",
    ] {
        let found = refused_bytes(&header(body), Options::default());
        expect(found, "archive", "", "header");
    }
    let report = opinion::archive(
        &header(r#"{"version":2,"timestamp":"1790000000"}"#),
        Options::default(),
    );
    assert_eq!(report.verdict, Verdict::Unsupported);
    let failure = report.failure.unwrap();
    assert_eq!((failure.check, failure.object), ("supported", None));
    assert_eq!(failure.reason, Some("unsupported"));
}

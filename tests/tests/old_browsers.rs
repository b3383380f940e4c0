//! What keeps the pages that need a device running in old browsers (docs/browsers.md): no newer syntax in the scripts, no later
//! instruction in the WebAssembly, no style that an old browser drops without another in its place.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{Driver, Screen, artifacts, folder_server::FolderServer};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmparser::{Validator, WasmFeatures};

/// Newer than the floor, and when Chrome, Safari and Firefox got it.
const NEWER: [(&str, &str); 26] = [
    ("?.", "80, 13.1, 74"),
    ("??", "80, 13.1, 72"),
    ("||=", "85, 14, 79"),
    ("&&=", "85, 14, 79"),
    ("replaceChildren", "86, 14, 78"),
    ("replaceAll", "85, 13.1, 77"),
    (".at(", "92, 15.4, 90"),
    (".hasOwn(", "93, 15.4, 92"),
    (".findLast", "97, 15.4, 104"),
    (".toSorted(", "110, 16, 115"),
    (".allSettled(", "76, 13, 71"),
    (".any(", "85, 14, 79"),
    ("matchAll(", "73, 13, 67"),
    ("fromEntries(", "73, 12.1, 63"),
    ("structuredClone", "98, 15.4, 94"),
    ("randomUUID", "92, 15.4, 95"),
    ("globalThis", "71, 12.1, 65"),
    ("WeakRef", "84, 14.1, 79"),
    ("AggregateError", "85, 14, 79"),
    ("import(", "63, 11.1, 67, and not in workers"),
    ("type: \"module\"", "a module worker: 80, 15, 114"),
    ("files[0].text()", "76, 14, 69"),
    ("file.text()", "76, 14, 69"),
    ("file.arrayBuffer()", "76, 14, 69"),
    ("static {", "94, 16.4, 93"),
    ("scrollTo({", "61, 14, 36"),
];

/// Not in the language of 2011, in which readiness.js must be read by every browser that ever comes.
const AFTER_2011: [&str; 9] = [
    "=>", "`", "let ", "const ", "class ", "...", "async ", "import ", "export ",
];

fn assets() -> PathBuf {
    artifacts::root().join("server/assets")
}

/// The files of a folder of the assets with this ending: name and text.
fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found: Vec<_> = fs::read_dir(assets().join(folder))
        .expect(folder)
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{folder}");
    found
}

/// The text without what stands between `/*` and `*/`, nor after `//` unless that belongs to an address.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines = code.lines().map(|line| {
        let comment = line
            .match_indices("//")
            .find(|(at, _)| !line[..*at].ends_with(':'));
        comment.map_or(line, |(at, _)| &line[..at])
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What of the script an old browser cannot read.
fn newer_syntax(script: &str) -> Vec<String> {
    let code = code(script);
    let mut found: Vec<String> = NEWER
        .iter()
        .filter(|(newer, _)| code.contains(newer))
        .map(|(newer, since)| format!("{newer} ({since})"))
        .collect();
    let bytes = code.as_bytes();
    let separated = bytes
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1] == b'_' && three[2].is_ascii_digit());
    // Names that wasm-bindgen makes hold digits and low lines as well, but never begin with a digit.
    if separated && !code.contains("wasm_bindgen = (function") {
        found.push("a low line between digits (75, 13, 70)".to_owned());
    }
    if code.lines().any(|line| line.starts_with("await ")) {
        found.push("await outside a function (89, 15, 89)".to_owned());
    }
    found
}

#[test]
fn no_script_uses_what_browsers_at_the_floor_cannot_read() {
    for (name, script) in texts("js", "js").into_iter().chain(texts("wasm", "js")) {
        let found = newer_syntax(&script);
        assert!(found.is_empty(), "{name}: {found:?}");
    }
    for newer in [
        "a ??= b;",
        "a?.b",
        "list.replaceChildren()",
        "10_000",
        "await x;",
    ] {
        assert!(!newer_syntax(newer).is_empty(), "{newer} is noticed");
    }
    assert!(newer_syntax("// a ??= b\n/* a?.b */ b ? .5 : c").is_empty());
}

#[test]
fn what_asks_for_readiness_is_written_in_the_language_of_2011() {
    for name in ["readiness.js", "probe-worker.js"] {
        let script = fs::read_to_string(assets().join("js").join(name)).unwrap();
        let code = code(&script);
        let found: Vec<&&str> = AFTER_2011
            .iter()
            .filter(|new| code.contains(**new))
            .collect();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

/// Before 2018: no reference types, bulk memory, sign extension, saturating conversion, several values, vectors, threads.
fn is_of_the_first_edition(module: &[u8]) -> Result<(), String> {
    Validator::new_with_features(WasmFeatures::WASM1)
        .validate_all(module)
        .map(drop)
        .map_err(|error| error.to_string())
}

#[test]
fn the_webassembly_is_of_the_first_edition() {
    for name in ["ballot_bg.wasm", "tally_bg.wasm"] {
        let module = fs::read(assets().join("wasm").join(name)).expect("built by `./dev wasm`");
        assert_eq!(is_of_the_first_edition(&module), Ok(()), "{name}");
    }
    assert!(is_of_the_first_edition(&late_instructions()).is_err());
}

/// Declarations of which an old browser understands nothing, in a rule that says nothing else of the property before.
fn without_another(sheet: &str) -> Vec<String> {
    let code = code(sheet);
    let mut found = Vec::new();
    let mut said: Vec<&str> = Vec::new();
    let mut supports = 0;
    let mut depth = 0;
    for line in code.lines().map(str::trim) {
        if line.ends_with('{') {
            depth += 1;
            said.clear();
            if line.starts_with("@supports") {
                supports = depth;
            }
        } else if line == "}" {
            if depth == supports {
                supports = 0;
            }
            depth -= 1;
        }
        let later = ["clamp(", "min(", "max("];
        let Some((property, value)) = line.split_once(": ").filter(|_| line.ends_with(';')) else {
            continue;
        };
        let computes = later.iter().any(|function| {
            value
                .match_indices(function)
                .any(|(at, _)| !value[..at].ends_with(|before: char| before.is_alphanumeric()))
        });
        // What holds a variable is taken as it stands, and turns out to be nothing when it is too late for the one before.
        let is_late = value.contains("var(") || value.contains("env(");
        let is_young = ["inset", "text-wrap"].contains(&property)
            || ((property.ends_with("-inline") || property.ends_with("-block"))
                && (property.starts_with("margin") || property.starts_with("padding")));
        if supports == 0 && ((computes && (is_late || !said.contains(&property))) || is_young) {
            found.push(line.to_owned());
        }
        said.push(property);
    }
    found
}

/// Selectors that make an old browser drop the whole rule: `:not()` with a list.
fn lists_in_not(sheet: &str) -> Vec<String> {
    let code = code(sheet);
    let inside = code.split(":not(").skip(1);
    inside
        .filter_map(|rest| rest.split_once(')'))
        .filter(|(list, _)| list.contains(','))
        .map(|(list, _)| list.to_owned())
        .collect()
}

#[test]
fn no_style_is_lost_on_an_old_browser_without_another_in_its_place() {
    for (name, sheet) in texts("css", "css") {
        let found = without_another(&sheet);
        assert!(found.is_empty(), "{name}: {found:?}");
        let found = lists_in_not(&sheet);
        assert!(found.is_empty(), "{name}: :not({found:?})");
    }
    for lost in [
        "main {\n  padding: clamp(1rem, 3vw, 2rem);\n}",
        "main {\n  color: red;\n  width: min(15rem, 100%);\n}",
        "main {\n  padding: 1rem;\n  padding: max(1rem, var(--gutter));\n}",
        "main {\n  padding-inline: 1rem;\n}",
        "h1 {\n  text-wrap: balance;\n}",
    ] {
        assert_eq!(without_another(lost).len(), 1, "{lost}");
    }
    assert!(
        without_another("main {\n  padding: 1rem;\n  padding: clamp(1rem, 3vw, 2rem);\n}")
            .is_empty()
    );
    assert!(without_another("ul {\n  grid-template-columns: minmax(0, 1fr);\n}").is_empty());
    assert_eq!(lists_in_not("input:not(.a, .b) {"), [".a, .b"]);
}

/// Runs each function of two modules on the same values, and says where they differ: `[compared, differences]`.
const COMPARE: &str = "const done = arguments[0];
    (async () => {
      const open = async (name) => (await WebAssembly.instantiateStreaming(fetch(name))).instance.exports;
      const [one, other] = [await open('late.wasm'), await open('first.wasm')];
      let compared = 0;
      const differences = [];
      const same = (what, a, b) => { compared++; if (!Object.is(a, b)) differences.push(`${what}: ${a} ${b}`); };
      const powers = [0, 1, 7, 8, 15, 16, 31, 32, 52, 62, 63, 64, 100].map((n) => 2 ** n);
      const floats = [0, -0, 0.5, 0.99, 1.5, NaN, Infinity, 1e300, 5e-324];
      for (const p of powers) floats.push(p - 1, p - 0.5, p, p + 0.5, p + 1, Math.fround(p * 1.0000001));
      for (const f of [...floats]) floats.push(-f);
      const whole = [0, 1, 127, 128, 255, 32767, 32768, 65535, 2147483647, -1, -128, -129, 0x12345678, -2147483648];
      for (const [name, act] of Object.entries(one)) {
        if (name === 'memory' || name === 'copy' || name === 'fill') continue;
        const values = name.startsWith('extend_i64')
          ? whole.flatMap((n) => [BigInt(n), BigInt(n) << 32n, BigInt(n) * 0x123456789abn])
          : name.startsWith('extend') ? whole : floats;
        for (const value of values) same(`${name} ${value}`, act(value), other[name](value));
      }
      let state = 7;
      const random = (below) => { state = (state * 1103515245 + 12345) % 2147483648; return Math.floor(state / 65536) % below; };
      const bytes = [one, other].map((module) => new Uint8Array(module.memory.buffer));
      for (let i = 0; i < 65536; i++) bytes[0][i] = bytes[1][i] = random(256);
      for (let round = 0; round < 4000; round++) {
        const length = random(round % 3 ? 40 : 600);
        const [to, from] = [random(700), random(700)];
        const act = round % 4 ? 'copy' : 'fill';
        const second = round % 4 ? from : from - 300;
        for (const module of [one, other]) module[act](to, second, length);
        const upTo = bytes.map((all) => all.subarray(0, 1400));
        same(`${act} ${to} ${second} ${length}`, true, upTo[0].every((byte, at) => byte === upTo[1][at]));
      }
      done([compared, differences.slice(0, 20)]);
    })().catch((error) => done([0, [String(error)]]));";

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_for_a_later_instruction_does_the_same() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let [late, first] = ["late.wasm", "first.wasm"].map(|name| folder.path().join(name));
    fs::write(&late, late_instructions()).unwrap();
    lower(&late, &first);
    let read = |path: &Path| fs::read(path).unwrap();
    let files = [
        (
            "page.html",
            b"<!doctype html><title>compare</title>".to_vec(),
        ),
        ("late.wasm", read(&late)),
        ("first.wasm", read(&first)),
    ];
    let site = FolderServer::start(files).await;
    let browser = driver.open(Screen::Laptop).await;
    browser.goto(&site.at("page.html")).await;
    let answer = browser.script_async(COMPARE, vec![]).await;
    assert_eq!(answer[1], json!([]), "{answer}");
    assert!(
        answer[0].as_u64().is_some_and(|compared| compared > 5000),
        "{answer}"
    );
}

/// By the tool that makes the service's WebAssembly.
fn lower(from: &Path, to: &Path) {
    let done = Command::new(artifacts::workspace_program("wasm-glue"))
        .arg("--lower")
        .args([from, to])
        .status()
        .expect("runs");
    assert!(done.success());
}

/// A function of one instruction: its name, what it takes and gives, the instruction.
type Function = (String, Vec<u8>, Vec<u8>, Vec<u8>);

/// A module with one function for each instruction that came after the first edition and that the compiler uses.
fn late_instructions() -> Vec<u8> {
    let [i32, i64, f32, f64] = [0x7F, 0x7E, 0x7D, 0x7C];
    let get = |count: u8| (0..count).flat_map(|local| [0x20, local]);
    let mut functions: Vec<Function> = vec![
        ("copy".into(), vec![i32; 3], vec![], vec![0xFC, 10, 0, 0]),
        ("fill".into(), vec![i32; 3], vec![], vec![0xFC, 11, 0]),
    ];
    for (name, ty, code) in [
        ("extend_i32_8", i32, 0xC0),
        ("extend_i32_16", i32, 0xC1),
        ("extend_i64_8", i64, 0xC2),
        ("extend_i64_16", i64, 0xC3),
        ("extend_i64_32", i64, 0xC4),
    ] {
        functions.push((name.into(), vec![ty], vec![ty], vec![code]));
    }
    for (code, (from, to)) in (0..).zip([
        (f32, i32),
        (f32, i32),
        (f64, i32),
        (f64, i32),
        (f32, i64),
        (f32, i64),
        (f64, i64),
        (f64, i64),
    ]) {
        functions.push((
            format!("truncate_{code}"),
            vec![from],
            vec![to],
            vec![0xFC, code],
        ));
    }
    let (mut types, mut indices, mut exports, mut bodies) = (vec![], vec![], vec![], vec![]);
    for (index, (name, takes, gives, code)) in (0_u8..).zip(&functions) {
        types.push([vec![0x60], sized(takes), sized(gives)].concat());
        indices.push(vec![index]);
        exports.push([sized(name.as_bytes()), vec![0, index]].concat());
        let count = u8::try_from(takes.len()).unwrap();
        let body: Vec<u8> = [0]
            .into_iter()
            .chain(get(count))
            .chain(code.iter().copied())
            .chain([0x0B])
            .collect();
        bodies.push(sized(&body));
    }
    exports.push([sized(b"memory"), vec![2, 0]].concat());
    let sections = [
        (1, types),
        (3, indices),
        (5, vec![vec![0, 1]]),
        (7, exports),
        (10, bodies),
    ];
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for (id, items) in sections {
        let count = u8::try_from(items.len()).unwrap();
        module.push(id);
        module.extend(sized(&[vec![count], items.concat()].concat()));
    }
    module
}

/// The bytes behind their count (LEB128).
fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut count = bytes.len();
    let mut sized = Vec::new();
    while count >= 0x80 {
        sized.push(u8::try_from(count % 0x80).unwrap() | 0x80);
        count /= 0x80;
    }
    sized.push(u8::try_from(count).unwrap());
    sized.extend(bytes);
    sized
}

use super::{Config, ConfigError, KEYS, Key, Secret, keys::read_variables};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    let pairs = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()));
    read_variables(&mut config, pairs)?;
    config.settle()?;
    Ok(config)
}

/// A service that others reach, in order.
const PUBLIC: [(&str, &str); 2] = [
    ("MINSHENG_BASE_URL", "https://vote.qinghe.example"),
    ("MINSHENG_RECORD_ORIGIN", "vote.qinghe.example/record"),
];

/// The same with one thing changed is refused because of this key.
fn refused(variable: &str, value: &str, blamed: &str) {
    let mut variables = PUBLIC.to_vec();
    variables.push((variable, value));
    let error = with(&variables).unwrap_err();
    let ConfigError::Value { key, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(*key, blamed, "{variable}={value}: {error}");
}

#[test]
fn a_variable_overrides_the_file_and_a_bad_one_is_named() {
    let config = with(&[("MINSHENG_LISTEN", "0.0.0.0:80"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
    for (name, value) in [
        ("MINSHENG_LISTEN", "nowhere"),
        ("MINSHENG_LISTN", "0.0.0.0:80"),
        ("MINSHENG_listen", "0.0.0.0:80"),
        ("MINSHENG_SECOND_FACTOR", "no"),
        ("MINSHENG_BEHIND_PROXY", "yes"),
    ] {
        let error = with(&[(name, value)]).unwrap_err();
        let ConfigError::Variable { variable, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(variable, name);
    }
    with(&[("MINSHENG_DATA", "data/demo")]).unwrap();
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("minsheng.tmol");
    let error = Config::load(Some(&path)).unwrap_err();
    assert!(error.to_string().contains("minsheng.tmol"), "{error}");
    assert!(matches!(error, ConfigError::Read { .. }));
    std::fs::write(&path, "zone_minutes = 60").unwrap();
    let loaded = Config::load(Some(&path)).unwrap();
    assert_eq!(loaded.file.as_deref(), Some(path.as_path()));
    assert_eq!(loaded.config.zone_minutes, 60);
    assert!(!Path::new(super::DEFAULT_FILE).exists());
    assert_eq!(Config::load(None).unwrap().file, None);
}

#[test]
fn an_unknown_key_in_the_file_is_refused() {
    let error = toml::from_str::<Config>("listn = \"127.0.0.1:1\"").unwrap_err();
    assert!(error.message().contains("listn"), "{error}");
}

#[test]
fn a_final_slash_is_cut_wherever_the_address_stands() {
    let mut config: Config = toml::from_str(
        "base_url = \"https://vote.qinghe.example/\"\nrecord_origin = \"vote.qinghe.example/record\"",
    )
    .unwrap();
    config.settle().unwrap();
    assert_eq!(config.base_url, "https://vote.qinghe.example");
    let config = with(&[
        PUBLIC[1],
        ("MINSHENG_BASE_URL", "HTTPS://Vote.Qinghe.example:443/"),
    ]);
    assert_eq!(config.unwrap().base_url, "https://vote.qinghe.example");
    let local = with(&[("MINSHENG_BASE_URL", "http://[::1]:8080/")]).unwrap();
    assert_eq!(local.base_url, "http://[::1]:8080");
}

#[test]
fn an_address_with_more_than_host_and_port_or_open_to_the_network_is_refused() {
    with(&PUBLIC).unwrap();
    for address in [
        "vote.qinghe.example",
        "",
        "ftp://vote.qinghe.example",
        "https://vote.qinghe.example/minsheng",
        "https://vote.qinghe.example/?x",
        "https://vote.qinghe.example/#x",
        "https://me@vote.qinghe.example",
        "https://:secret@vote.qinghe.example",
        "http://vote.qinghe.example",
        "http://localhost.qinghe.example",
        "http://192.168.1.2:8080",
    ] {
        refused("MINSHENG_BASE_URL", address, "base_url");
    }
}

#[test]
fn a_service_that_others_reach_has_a_record_of_its_own_name() {
    for origin in ["localhost/record", "localhost", "", "two words", "a+b"] {
        refused("MINSHENG_RECORD_ORIGIN", origin, "record_origin");
    }
    with(&[]).unwrap();
}

#[test]
fn what_no_page_could_show_and_nobody_could_use_is_refused() {
    for minutes in ["99999", "-721", "841"] {
        refused("MINSHENG_ZONE_MINUTES", minutes, "zone_minutes");
    }
    refused("MINSHENG_MAX_CONNECTIONS", "0", "max_connections");
    refused("MINSHENG_DOWNLOADS", "/nonexistent/downloads", "downloads");
    for program in ["/nonexistent/print", "minsheng-print", "/usr"] {
        refused("MINSHENG_PRINT_PROGRAM", program, "print_program");
    }
}

#[test]
fn a_secret_never_shows_itself() {
    assert_eq!(format!("{:?}", Secret("hunter2".to_owned())), "<redacted>");
}

/// The names that the file may have, as the parser lists them.
fn known_to_the_parser(text: &str) -> BTreeSet<String> {
    let error = toml::from_str::<Config>(text).unwrap_err();
    let names = error.message().split('`').skip(1).step_by(2).skip(1);
    names.map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_file_is_in_the_table_and_the_other_way_round() {
    let of = |section: Option<&str>| -> BTreeSet<String> {
        let keys = KEYS.iter().filter(|key| key.section == section);
        keys.map(|key| key.name.to_owned()).collect()
    };
    let mut top = known_to_the_parser("x = 1");
    assert!(top.remove("senders"));
    assert_eq!(top, of(None));
    let senders = known_to_the_parser("[senders]\nx = 1");
    assert_eq!(senders, of(Some("senders")));
}

/// The table of keys, as it stands in the operator's page.
fn table(head: &str, not_set: &str, words: fn(&Key) -> &'static str) -> String {
    let config = Config::default();
    let rows = KEYS.iter().map(|key| {
        let section = key
            .section
            .map(|name| format!("[{name}] "))
            .unwrap_or_default();
        let default = match key.shown(&config) {
            empty if empty.is_empty() => not_set.to_owned(),
            shown => format!("`{shown}`"),
        };
        let (name, variable) = (key.name, key.variable());
        format!(
            "| `{section}{name}` | {default} | {} | `{variable}` |\n",
            words(key)
        )
    });
    format!("{head}\n|---|---|---|---|\n{}", rows.collect::<String>())
}

#[test]
fn the_operators_pages_have_every_key_with_its_default() {
    const BEGIN: &str =
        "<!-- keys: written by WRITE_GENERATED=1 cargo test -p domain --lib infra::config -->\n";
    const END: &str = "<!-- end of keys -->";
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let chinese: fn(&Key) -> &'static str = |key| key.chinese;
    let english: fn(&Key) -> &'static str = |key| key.english;
    for (name, head, not_set, words) in [
        (
            "operating.md",
            "| 配置项 | 默认值 | 含义 | 环境变量 |",
            "（不设）",
            chinese,
        ),
        (
            "operating.en.md",
            "| key | default | what it is | variable |",
            "(not set)",
            english,
        ),
    ] {
        let path = docs.join(name);
        let page = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap();
        let (_, after) = rest.split_once(END).unwrap();
        let made = format!("{before}{BEGIN}{}{END}{after}", table(head, not_set, words));
        if std::env::var_os("WRITE_GENERATED").is_some() {
            std::fs::write(&path, &made).unwrap();
        } else {
            assert_eq!(page, made, "{name}");
        }
    }
}

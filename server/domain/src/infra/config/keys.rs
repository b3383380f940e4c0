//! The keys of the configuration: for variables, and for the operator's page.

use super::{Config, ConfigError, SecondFactor, Secret};
use std::ffi::OsString;
use std::fmt::Display;
use std::str::FromStr;

/// What every variable of ours begins with.
const PREFIX: &str = "MINSHENG_";

/// Variables of the `dev` script and of tests, which may be set where the service runs.
const OTHERS: [&str; 5] = [
    "MINSHENG_DATA",
    "MINSHENG_REQUIRE_ALL",
    "MINSHENG_SCREENSHOTS",
    "MINSHENG_WASM",
    "MINSHENG_WRITE_VECTORS",
];

/// A key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in the file.
    pub name: &'static str,
    /// The section of the file that it stands in, where it is one.
    pub section: Option<&'static str>,
    /// What it means, in English.
    pub english: &'static str,
    /// The same in Chinese.
    pub chinese: &'static str,
    set: fn(&mut Config, &str) -> Result<(), String>,
    show: fn(&Config) -> String,
}

impl Key {
    /// The variable that overrides it.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase())
    }

    /// Its value as text; nothing of secrets, and nothing where it is not set.
    pub fn shown(&self, config: &Config) -> String {
        (self.show)(config)
    }
}

/// Takes what these variables set, and refuses those of our prefix that set nothing.
pub(super) fn read_variables(
    config: &mut Config,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(), ConfigError> {
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
            continue;
        };
        if OTHERS.contains(&name) {
            continue;
        }
        let refused = |reason: String| ConfigError::Variable {
            variable: name.to_owned(),
            reason,
        };
        let key = KEYS
            .iter()
            .find(|key| key.variable() == name)
            .ok_or_else(|| refused("no key of the configuration has this name".to_owned()))?;
        let value = value
            .to_str()
            .ok_or_else(|| refused("not UTF-8".to_owned()))?;
        (key.set)(config, value).map_err(refused)?;
    }
    Ok(())
}

fn parsed<T: FromStr<Err: Display>>(place: &mut T, text: &str) -> Result<(), String> {
    *place = text.parse().map_err(|error: T::Err| error.to_string())?;
    Ok(())
}

fn some<T: FromStr<Err: Display>>(place: &mut Option<T>, text: &str) -> Result<(), String> {
    *place = Some(text.parse().map_err(|error: T::Err| error.to_string())?);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all keys")]
fn secret(place: &mut Option<Secret>, text: &str) -> Result<(), String> {
    *place = Some(Secret(text.to_owned()));
    Ok(())
}

fn second_factor(config: &mut Config, text: &str) -> Result<(), String> {
    config.second_factor = SecondFactor::find(text)
        .ok_or_else(|| format!("{text:?} is neither required nor offered"))?;
    Ok(())
}

/// Every key, in the order of the operator's page.
pub const KEYS: [Key; 16] = [
    Key {
        name: "listen",
        section: None,
        english: "Where the service listens.",
        chinese: "服务监听的地址和端口。",
        set: |config, text| parsed(&mut config.listen, text),
        show: |config| config.listen.to_string(),
    },
    Key {
        name: "base_url",
        section: None,
        english: "The address that people type: scheme, host and port. `https://` outside this machine.",
        chinese: "人们输入的网址，只含协议、主机和端口；本机以外必须以 `https://` 开头。",
        set: |config, text| parsed(&mut config.base_url, text),
        show: |config| config.base_url.clone(),
    },
    Key {
        name: "database_url",
        section: None,
        english: "`sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`.",
        chinese: "`sqlite:路径` 或 `postgres://用户:密码@主机/库名`。",
        set: |config, text| parsed(&mut config.database_url, text),
        show: |config| config.database_url.clone(),
    },
    Key {
        name: "data_dir",
        section: None,
        english: "The folder of `data.key`, `record.key` and `record.checkpoint`.",
        chinese: "存放 `data.key`、`record.key` 和 `record.checkpoint` 的目录。",
        set: |config, text| parsed(&mut config.data_dir, text),
        show: |config| config.data_dir.display().to_string(),
    },
    Key {
        name: "record_origin",
        section: None,
        english: "The name that the public record is signed under, e.g. `vote.qinghe.example/record`. Must be set outside this machine, and cannot be changed once something was signed.",
        chinese: "公开记录签名所用的名称，如 `vote.qinghe.example/record`；本机以外必须设置，签过名之后不能再改。",
        set: |config, text| parsed(&mut config.record_origin, text),
        show: |config| config.record_origin.clone(),
    },
    Key {
        name: "zone_minutes",
        section: None,
        english: "Minutes east of UTC of the zone that pages show times in; 480 is Beijing.",
        chinese: "页面显示时间所用的时区，以东于 UTC 的分钟数表示，480 为北京时间。",
        set: |config, text| parsed(&mut config.zone_minutes, text),
        show: |config| config.zone_minutes.to_string(),
    },
    Key {
        name: "behind_proxy",
        section: None,
        english: "Whether a reverse proxy in front sets `X-Forwarded-For`; without one the header is ignored, with one it must be `true`, or all people share one limit.",
        chinese: "前面是否有反向代理设置 `X-Forwarded-For`；没有代理时忽略该请求头，有代理时必须为 `true`，否则所有人共用一个次数限制。",
        set: |config, text| parsed(&mut config.behind_proxy, text),
        show: |config| config.behind_proxy.to_string(),
    },
    Key {
        name: "max_connections",
        section: None,
        english: "How many connections there are at once; fewer where the process may not open as many files.",
        chinese: "同时保持的连接数；进程可打开的文件数不够时更少。",
        set: |config, text| parsed(&mut config.max_connections, text),
        show: |config| config.max_connections.to_string(),
    },
    Key {
        name: "downloads",
        section: None,
        english: "A folder of programs, e.g. `tally` as `./dev release` makes it: the site offers its files with size and SHA-256. Not set: none.",
        chinese: "供下载的程序所在的目录（如 `./dev release` 生成的 `tally`）；网站列出其中的文件、大小和 SHA-256。不设置则不提供。",
        set: |config, text| some(&mut config.downloads, text),
        show: |config| {
            config
                .downloads
                .as_ref()
                .map_or_else(String::new, |folder| folder.display().to_string())
        },
    },
    Key {
        name: "print_program",
        section: None,
        english: "The program that makes papers into PDF, by its full path. Not set: `minsheng-print` beside the server's own program or on the `PATH`; without one papers are printed from their pages.",
        chinese: "把纸质文书排成 PDF 的程序的完整路径。不设置则使用服务程序所在目录或 `PATH` 中的 `minsheng-print`；都没有时，直接打印网页。",
        set: |config, text| some(&mut config.print_program, text),
        show: |config| {
            config
                .print_program
                .as_ref()
                .map_or_else(String::new, |program| program.display().to_string())
        },
    },
    Key {
        name: "metrics_listen",
        section: None,
        english: "Where Prometheus reads figures, on a port of its own; not set, nowhere.",
        chinese: "供 Prometheus 读取运行数据的地址和端口；不设则不提供。",
        set: |config, text| some(&mut config.metrics_listen, text),
        show: |config| {
            config
                .metrics_listen
                .map(|address| address.to_string())
                .unwrap_or_default()
        },
    },
    Key {
        name: "second_factor",
        section: None,
        english: "`required`: whoever leads a vote, counts it, or says who may, must have a second factor. `offered`: may have one.",
        chinese: "`required`：主持票决、计票和授予身份的人员必须设置第二步验证；`offered`：可以设置。",
        set: second_factor,
        show: |config| config.second_factor.name().to_owned(),
    },
    Key {
        name: "smtp_url",
        section: Some("senders"),
        english: "Codes by e-mail: `smtps://USER:PASSWORD@HOST:465` or `smtp://…?tls=required`.",
        chinese: "用邮件发送验证码：`smtps://用户:密码@主机:465` 或 `smtp://…?tls=required`。",
        set: |config, text| secret(&mut config.senders.smtp_url, text),
        show: |_| String::new(),
    },
    Key {
        name: "mail_from",
        section: Some("senders"),
        english: "The sender's address of e-mails; needed beside `smtp_url`.",
        chinese: "邮件的发件地址，与 `smtp_url` 一起设置。",
        set: |config, text| some(&mut config.senders.mail_from, text),
        show: |config| config.senders.mail_from.clone().unwrap_or_default(),
    },
    Key {
        name: "sms_gateway_url",
        section: Some("senders"),
        english: "Codes by text message: an HTTP gateway that takes `POST` JSON `{\"to\": \"+86…\", \"text\": \"…\"}`.",
        chinese: "用短信发送验证码：接收 `POST` JSON `{\"to\": \"+86…\", \"text\": \"…\"}` 的 HTTP 网关。",
        set: |config, text| some(&mut config.senders.sms_gateway_url, text),
        show: |config| config.senders.sms_gateway_url.clone().unwrap_or_default(),
    },
    Key {
        name: "sms_gateway_token",
        section: Some("senders"),
        english: "The gateway's bearer token.",
        chinese: "网关的 Bearer 令牌。",
        set: |config, text| secret(&mut config.senders.sms_gateway_token, text),
        show: |_| String::new(),
    },
];

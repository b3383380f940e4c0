//! What polls, their rules and their items are called. These texts are signed by every ballot and published, so they
//! stand in the jurisdiction's language, whatever language is read by whoever makes the poll.

use super::poll::PollKind;
use crate::cycles::{Cycle, Jurisdiction};

/// A poll's title.
pub fn poll(kind: PollKind, year: i32) -> String {
    match kind {
        PollKind::Main => format!("{year}年民生实事项目票决"),
        PollKind::Evaluation => format!("{year}年民生实事项目满意度测评"),
    }
}

/// The usual title of a poll's rules.
pub fn rule(kind: PollKind, jurisdiction: &Jurisdiction, cycle: &Cycle) -> String {
    let subject = match kind {
        PollKind::Main => "民生实事项目票决办法",
        PollKind::Evaluation => "民生实事项目满意度测评办法",
    };
    format!(
        "{}第{}届人民代表大会第{}次会议{subject}",
        jurisdiction.name,
        chinese_number(cycle.term),
        chinese_number(cycle.session)
    )
}

/// A number from 1 to 99 as the names of terms and sessions write it: 十八.
fn chinese_number(number: i32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: i32| {
        usize::try_from(n)
            .ok()
            .and_then(|n| DIGITS.get(n))
            .copied()
            .unwrap_or_default()
    };
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number - 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_and_sessions_are_written_in_chinese() {
        let written: Vec<String> = [5, 10, 18, 20, 21].map(chinese_number).into();
        assert_eq!(written, ["五", "十", "十八", "二十", "二十一"]);
    }
}

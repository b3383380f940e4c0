//! What a downloaded file is called.

use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::url_encode;

/// A file's name without its ending, by which people can file it: whose it is, of which year, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// For programs that read no other: `qinghe-2026-projects`.
    ascii: String,
    /// `青禾县-2026-项目实施`
    words: String,
}

impl FileName {
    /// A file of a cycle, by its name in addresses and by its title.
    pub fn of_cycle(at: &CycleHeading, name: &str, title: &str) -> Self {
        let (whose, year) = (&at.jurisdiction, at.cycle.year);
        Self {
            ascii: format!("{}-{year}-{}", whose.slug, ascii(name)),
            words: format!(
                "{}-{year}-{}",
                in_file_names(&whose.name),
                in_file_names(title)
            ),
        }
    }

    /// As browsers save it.
    pub fn saved(&self, ending: &str) -> String {
        format!("{}.{ending}", self.words)
    }

    /// The value of `Content-Disposition` (RFC 6266): the name in ASCII, and that in words as RFC 8187 writes it, which
    /// browsers prefer.
    pub fn attachment(&self, ending: &str) -> String {
        format!(
            "attachment; filename=\"{}.{ending}\"; filename*=UTF-8''{}.{ending}",
            self.ascii,
            url_encode(&self.words)
        )
    }
}

fn ascii(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().filter(|c| plain(*c)).collect()
}

/// Letters and digits of all scripts and a few signs stay, whatever else there is becomes a line: no system takes all of it in a
/// file's name, and a name is pasted into commands. At most 80 characters are kept, far below what a system takes.
fn in_file_names(text: &str) -> String {
    let stays = |c: char| c.is_alphanumeric() || "-_.（）《》“”、，：·".contains(c);
    text.chars()
        .map(|c| if stays(c) { c } else { '-' })
        .take(80)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_in_words_and_for_old_programs_in_ascii() {
        let name = FileName {
            ascii: "qinghe-2026-projects".to_owned(),
            words: in_file_names("青禾县-2026-项目实施"),
        };
        assert_eq!(
            name.attachment("csv"),
            "attachment; filename=\"qinghe-2026-projects.csv\"; \
             filename*=UTF-8''%E9%9D%92%E7%A6%BE%E5%8E%BF-2026-%E9%A1%B9%E7%9B%AE%E5%AE%9E%E6%96%BD.csv"
        );
    }

    /// A title is typed by people: nothing of it ends the header's value or leads into another folder.
    #[test]
    fn a_title_never_leaves_the_name() {
        assert_eq!(in_file_names("../a\\b\"c:d\r\ne f"), "..-a-b-c-d--e-f");
        assert_eq!(in_file_names("x$(id)`id`;&|'<>*?!"), "x--id--id----------");
        assert_eq!(in_file_names("表决（第2轮）"), "表决（第2轮）");
        assert_eq!(ascii("a\"; x=/../é"), "ax..");
        assert_eq!(in_file_names(&"长".repeat(500)).chars().count(), 80);
    }
}

//! Which column of a table holds what: headings in the variants that offices write.

use crate::infra::typed;
use unicode_normalization::UnicodeNormalization as _;

/// The headings of each column, the surest first: where a deputy's number stands beside a running one, the running
/// number is none.
const NUMBER: &[&str] = &[
    "代表证号",
    "代表证编号",
    "代表编号",
    "代表号",
    "证号",
    "number",
    "编号",
    "no",
    "no.",
    "序号",
];
const NAME: &[&str] = &["姓名", "代表姓名", "name"];
const DELEGATION: &[&str] = &[
    "代表团",
    "所在代表团",
    "所属代表团",
    "代表团名称",
    "delegation",
];
const PHONE: &[&str] = &[
    "手机",
    "手机号",
    "手机号码",
    "移动电话",
    "phone",
    "mobile",
    "联系手机",
    "联系电话",
    "电话",
    "电话号码",
];
const EMAIL: &[&str] = &["邮箱", "电子邮箱", "电子邮件", "邮件", "email", "e-mail"];
/// A column that has either.
const CONTACT: &[&str] = &["联系方式", "contact"];

/// The places of the columns, from 0.
#[derive(Debug)]
pub(super) struct Columns {
    pub number: usize,
    pub name: usize,
    pub delegation: usize,
    pub phone: Option<usize>,
    pub email: Option<usize>,
    pub contact: Option<usize>,
}

impl Columns {
    /// From a row of headings; `None` where it does not name number, name and delegation.
    pub(super) fn read(headings: &[String]) -> Option<Self> {
        let headings: Vec<String> = headings.iter().map(|heading| bare(heading)).collect();
        let find = |variants: &[&str]| {
            variants
                .iter()
                .find_map(|variant| headings.iter().position(|heading| heading == variant))
        };
        Some(Self {
            number: find(NUMBER)?,
            name: find(NAME)?,
            delegation: find(DELEGATION)?,
            phone: find(PHONE),
            email: find(EMAIL),
            contact: find(CONTACT),
        })
    }

    /// The headings of the columns that are not read.
    pub(super) fn unread(&self, headings: &[String]) -> Vec<String> {
        let read = [
            Some(self.number),
            Some(self.name),
            Some(self.delegation),
            self.phone,
            self.email,
            self.contact,
        ];
        headings
            .iter()
            .enumerate()
            .filter(|(index, heading)| !read.contains(&Some(*index)) && !heading.is_empty())
            .map(|(_, heading)| heading.clone())
            .collect()
    }
}

/// A heading without what only sets it: spaces that spread it, full width, a star, remarks in brackets.
fn bare(heading: &str) -> String {
    let compatible: String = heading.nfkc().collect();
    let plain = typed::plain(&compatible).to_lowercase();
    let without_remark = plain.split('(').next().unwrap_or_default();
    without_remark
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headings: &str) -> Option<Columns> {
        let headings: Vec<String> = headings.split(',').map(str::to_owned).collect();
        Columns::read(&headings)
    }

    #[test]
    fn headings_are_understood_as_offices_write_them() {
        for headings in [
            "编 号,姓　名,代表团,手机号码",
            "Ｎｏ.,Name,Delegation,Phone",
            "*编号（必填）,姓名:,所在代表团,联系电话(本人)",
            "编\n号,姓\n名,代表团,移动电话",
        ] {
            let columns = columns(headings).unwrap_or_else(|| panic!("{headings}"));
            assert_eq!(
                (
                    columns.number,
                    columns.name,
                    columns.delegation,
                    columns.phone
                ),
                (0, 1, 2, Some(3)),
                "{headings}"
            );
        }
        assert!(columns("编号,姓名,手机").is_none());
    }

    #[test]
    fn a_running_number_is_never_taken_where_the_deputy_s_own_stands() {
        for (headings, number) in [
            ("序号,代表证号,姓名,代表团", 1),
            ("代表证号,序号,姓名,代表团", 0),
            ("序号,编号,姓名,代表团", 1),
            ("序号,姓名,代表团", 0),
        ] {
            assert_eq!(columns(headings).unwrap().number, number, "{headings}");
        }
    }

    #[test]
    fn a_column_that_is_not_read_is_named() {
        let headings: Vec<String> = "序号,代表证号,姓名,代表团,,职务,联系方式"
            .split(',')
            .map(str::to_owned)
            .collect();
        let columns = Columns::read(&headings).unwrap();
        assert_eq!(columns.unread(&headings), ["序号", "职务"]);
    }
}

use super::tests::accepted;
use crate::testing::TestService;
use domain::cycles::Stage;
use std::collections::BTreeSet;

/// The addresses in a page that begin like this.
fn links<'a>(page: &'a str, beginning: &str) -> BTreeSet<&'a str> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with(beginning))
        .collect()
}

#[tokio::test]
async fn who_turns_the_pages_of_the_random_order_sees_every_proposal_also_without_cookies() {
    let service = TestService::start(Stage::Collecting).await;
    let mut all = BTreeSet::new();
    for number in 0..60 {
        let id = accepted(&service, &format!("第{number}盏路灯"), "晚上黑。").await;
        all.insert(format!("/j/qinghe/2026/proposals/{id}"));
    }
    let mut seen = BTreeSet::new();
    let mut pages = BTreeSet::from(["/j/qinghe/2026/proposals".to_owned()]);
    let mut turned = BTreeSet::new();
    while let Some(page) = pages.pop_first() {
        let body = service.get(&page, None).await.body;
        seen.extend(
            all.iter()
                .filter(|path| body.contains(&format!("\"{path}\"")))
                .cloned(),
        );
        if turned.is_empty() {
            let others = links(&body, "/j/qinghe/2026/proposals?");
            pages.extend(
                others
                    .into_iter()
                    .filter(|link| link.contains("page="))
                    .map(|link| link.replace("&amp;", "&")),
            );
        }
        turned.insert(page);
    }
    assert!(turned.len() > 2, "{turned:?}");
    assert_eq!(seen, all);
}

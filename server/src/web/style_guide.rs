//! `/demo/style`: every piece that pages are made of, on one page, for whoever writes the next page.

use super::components::{
    Bar, Field, Icon, LightColour, Stat, Tone, badge, bar_chart, breadcrumbs, empty_state, facts,
    hash, icon, light, notice, page_head, pagination, progress, stats, steps, table_wrap, tabs,
};
use super::http_error::HttpResult;
use super::locale::Locale;
use super::page::{Page, show};
use super::visit::Visit;
use domain::infra::field_errors::FieldErrors;
use maud::{Markup, html};

/// The page. Its words are examples in Chinese: it is for the makers and exists in the demo only.
pub struct StyleGuide {
    errors: FieldErrors,
}

/// `/demo/style`
pub async fn style_guide(visit: Visit) -> HttpResult {
    let mut errors = FieldErrors::none();
    errors.add("body", "required");
    Ok(show(&visit, &StyleGuide { errors }))
}

impl Page for StyleGuide {
    fn title(&self, _: &Locale) -> String {
        "界面样式".to_owned()
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        html! {
            (breadcrumbs(visit.locale, &[("/".into(), "首页".into()), ("/demo".into(), "演示".into())], "界面样式"))
            (page_head("界面样式", "本页列出各页面共用的部件，供编写新页面时查用。"))
            (tabs(visit, "示例", &[
                ("/demo/style".into(), "全部部件".into()), ("/demo".into(), "演示账号".into()),
            ]))
            (states(visit))
            (figures())
            (lists(visit))
            (form(visit.locale, &self.errors))
            (bottom_bar())
        }
    }
}

fn states(visit: &Visit) -> Markup {
    let locale = visit.locale;
    html! {
        h2 { "状态" }
        p.row {
            (badge(Tone::Neutral, "待审核")) (badge(Tone::Good, "已采纳")) (badge(Tone::Warn, "需补充"))
            (badge(Tone::Bad, "不予采纳")) (badge(Tone::Done, "已办结")) (badge(Tone::Accent, "实施中")) (badge(Tone::Chosen, "票决入选"))
        }
        p.row {
            @for colour in [LightColour::Green, LightColour::Yellow, LightColour::Red, LightColour::Blue] {
                (light(locale, colour))
            }
        }
        p.row { @for drawing in Icon::ALL { (icon(drawing)) } }
        p.flash role="status" { "建议已提交，编号 QH-2026-0118。" }
        (notice(Tone::Neutral, &html! { p { "每一票都经加密，只有监票人共同才能开启计票。" } }))
        (notice(Tone::Good, &html! { p { "核验通过：该回执在公开记录中。" } }))
        (notice(Tone::Warn, &html! { p { "征集期还有 3 天结束。" } }))
        (notice(Tone::Bad, &html! { p { "核验未通过：表决票与公开记录不符。" } }))
        (empty_state(locale, "no-cycles"))
        h2 { "按钮" }
        div.actions {
            button type="button" { "提交建议" }
            button.secondary type="button" { "保存草稿" }
            button.danger type="button" { "撤回" }
            button type="button" disabled { "尚未开放" }
            button.link type="button" { "了解规则" }
            a.button.secondary href="#figures" { (icon(Icon::Download)) "下载" }
        }
    }
}

fn figures() -> Markup {
    let bars = [
        ("清河二中片区老旧小区加装电梯", 176, Tone::Chosen),
        ("城北社区卫生服务中心改扩建", 158, Tone::Chosen),
        ("农村公路安全防护设施提升", 121, Tone::Chosen),
        ("滨河步道照明与无障碍改造", 96, Tone::Neutral),
    ]
    .map(|(label, value, tone)| Bar {
        label: label.into(),
        value,
        tone,
        word: (tone == Tone::Chosen).then(|| "入选".into()),
        line: Some(107),
    });
    html! {
        h2 #figures { "数字与图表" }
        (stats(&[
            Stat::new("应到代表", 213),
            Stat::new("实到代表", 206).with_note("超过三分之二，符合法定人数"),
            Stat::new("收回表决票", 198),
            Stat::new("有效表决票", 198),
            Stat::new("总投资", "12,860 万元"),
        ]))
        (bar_chart("赞成票数", 213, &bars, Some("全体代表过半数：107 票")))
        (progress("城北社区卫生服务中心改扩建", 42, Some(55), Tone::Warn, "完成 42%，计划 55%"))
        (progress("滨河步道照明", 100, None, Tone::Done, "完成 100%"))
        section.panel {
            h3 { "项目信息" }
            (facts(&[
                ("承办单位".into(), html! { "县卫生健康局" }),
                ("预算".into(), html! { "1,280 万元" }),
                ("完成时限".into(), html! { time datetime="2026-11-30" { "2026-11-30" } }),
                ("公开记录哈希".into(), html! { (hash("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")) }),
            ]))
        }
    }
}

fn lists(visit: &Visit) -> Markup {
    html! {
        h2 { "列表" }
        ul.cards {
            @for (title, state) in [("解决城东夜间公交停运早的问题", "已采纳"), ("在育英路小学门口增设护学岗", "审核中"), ("给老年食堂增加送餐服务", "已并入")] {
                li.card {
                    h3 { a.card-link href="#figures" { (title) } }
                    p.card-meta { span { "城东街道" } span { "交通出行" } time datetime="2025-08-01" { "2025-08-01" } }
                    p { "目前末班车为二十点，晚自习学生与下夜班职工返家不便。" }
                    p.card-foot { (badge(Tone::Neutral, state)) span { (icon(Icon::People)) " 128 人支持" } }
                }
            }
        }
        (table_wrap("计票结果", &html! {
            table.stacked {
                caption { "计票结果" }
                thead { tr { th { "项目" } th.number { "赞成票" } th.number { "位次" } th { "结果" } } }
                tbody {
                    tr.chosen { th scope="row" { "老旧小区加装电梯" } td.number data-label="赞成票" { "176" } td.number data-label="位次" { "1" } td data-label="结果" { "入选" } }
                    tr { th scope="row" { "滨河步道照明" } td.number data-label="赞成票" { "96" } td.number data-label="位次" { "11" } td data-label="结果" { "未入选" } }
                }
            }
        }))
        (pagination(visit, 4, 9))
        ol.milestones {
            li.done { strong { "完成施工图设计" } p.muted { "2026-03-15 完成" } }
            li.late { strong { "主体施工" } p.muted { "应于 2026-06-30 完成，已逾期 12 天" } }
            li { strong { "竣工验收" } p.muted { "计划 2026-11-30" } }
        }
        details { summary { "怎样用其他程序核验？" } p { "公开记录采用通行的 C2SP 格式，可用任何实现核对。" } }
    }
}

fn form(locale: &Locale, errors: &FieldErrors) -> Markup {
    html! {
        h2 { "表单" }
        (steps(&["填写".into(), "核对".into(), "完成".into()], 1))
        form.form method="get" action="/demo/style" {
            (Field { name: "body", value: "", errors, required: true }.textarea(locale, 4))
            fieldset {
                legend { "办理方式" }
                div.choices {
                    label.choice { input type="radio" name="way" value="a" checked; span { "网上办理" } }
                    label.choice { input type="radio" name="way" value="b"; span { "到联络站由工作人员代填" } }
                }
            }
            div.actions { button type="submit" { "下一步" } button.secondary type="submit" { "保存草稿" } }
        }
        form.filters method="get" action="/demo/style" role="search" {
            div.field { label for="q" { "关键词" } input type="search" id="q" name="q"; }
            div.field { label for="kind" { "类别" } select id="kind" name="kind" { option { "全部" } option { "交通出行" } } }
            button type="submit" { (icon(Icon::Search)) "查找" }
        }
    }
}

fn bottom_bar() -> Markup {
    html! {
        div.sticky-bar {
            p { "已选 " strong { "7" } " 项，最多 10 项" }
            button type="button" { "核对表决票" }
        }
    }
}

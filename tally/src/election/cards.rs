//! Credentials on cards to print and cut: one page of HTML that needs nothing from elsewhere.
//!
//! The cards carry no numbers. Credentials are drawn at random and the roll is sorted by their public parts, so that the
//! order of the cards says nothing of the roll.

use ballot::{Credential, Group, Uuid};
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};
use zeroize::Zeroizing;

use super::tag;

/// A credential that does not fit on a card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a credential cannot be written as a QR code")]
pub struct CardError;

/// The page, five cards on a sheet of A4. Each card shows the credential as text and as a QR code, the poll's name and its
/// id; the stub beside it, which the voter tears off and keeps apart, the [`tag`] of the public part.
///
/// # Errors
/// [`CardError`].
pub fn cards<G: Group>(
    name: &str,
    uuid: &Uuid,
    credentials: &[Credential],
) -> Result<Zeroizing<String>, CardError> {
    let name = escaped(name);
    let public: Vec<G::Element> = credentials
        .iter()
        .map(|one| one.public::<G>(uuid))
        .collect();
    let mut page = Zeroizing::new(String::new());
    // Each card is well below this, so that the page does not grow and leave copies behind.
    page.reserve_exact(8192 + credentials.len() * 16_384);
    page.push_str(HEAD);
    for (credential, public) in credentials.iter().zip(G::encode_all(&public)) {
        let svg = Zeroizing::new(svg(credential)?);
        for part in [
            "<section><div class=\"card\"><div class=\"qr\">",
            &svg,
            "</div><div><h2>",
            &name,
            "</h2><p>凭证 Credential</p><p><code>",
            credential.expose(),
            "</code></p><p>请勿让他人看到或拍照；只能投一张票。<br>Show it to nobody. It casts one ballot.</p><p class=\"id\">票决 Poll ",
            uuid.as_str(),
            "</p></div></div><aside><h2>存根 Stub</h2><p><samp>",
            &in_fours(tag(&public)),
            "</samp></p><p>撕下，与凭证分开保管。凭证遗失时凭它挂失；投票结束后销毁。</p>\
            <p>Tear off and keep apart. If the card is lost, it is revoked by this number. Destroy it after the close.</p><p class=\"id\">票决 Poll ",
            uuid.as_str(),
            "</p></aside></section>\n",
        ] {
            page.push_str(part);
        }
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

const HEAD: &str = "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>凭证卡 Credential cards</title><style>\
@page{size:A4;margin:10mm}\
body{margin:0 auto;width:190mm;color:#000;background:#fff;font:9pt/1.4 \"Noto Sans CJK SC\",\"Source Han Sans SC\",\"Microsoft YaHei\",sans-serif}\
header{margin:6mm 0;padding:3mm 4mm;border:1px solid #000;font-size:10pt}@media print{header{display:none}}\
section{box-sizing:border-box;position:relative;height:55mm;display:flex;border:.3mm dashed #555;break-inside:avoid}\
section+section{margin-top:-.3mm}\
section::before{content:'✂';position:absolute;top:-2.2mm;left:4mm;padding:0 .5mm;background:#fff;font-size:9pt;line-height:4mm}\
.card{flex:1;overflow:hidden;display:flex;gap:5mm;align-items:center;padding:0 5mm;min-width:0}\
aside{box-sizing:border-box;width:57mm;padding:0 5mm;border-left:.3mm dashed #555;display:flex;flex-direction:column;justify-content:center}\
h2{font-size:11.5pt;line-height:1.3;margin:0 0 2.5mm;max-height:2.6em;overflow:hidden}\
p{margin:0 0 1.8mm}code,samp{font:bold 11pt/1.3 \"DejaVu Sans Mono\",\"Noto Sans Mono\",Consolas,monospace;white-space:nowrap}\
aside p{font-size:8pt}p.id{margin:0;color:#444;font-size:7.5pt}.qr svg{display:block;width:42mm;height:42mm}\
</style></head><body>\n\
<header>打印（A4，100%，单面），沿虚线剪开，由代表抽取；打印后销毁这个文件。<br>\
Print (A4, 100 %, one side), cut along the dashes, let each voter draw one; once printed, destroy this file.</header>\n";

/// In groups of four characters, as people read and type.
fn in_fours(text: &str) -> String {
    let mut grouped = String::with_capacity(text.len() + text.len() / 4);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(c);
    }
    grouped
}

fn svg(credential: &Credential) -> Result<String, CardError> {
    let code = QRBuilder::new(credential.expose())
        .ecl(ECL::M)
        .build()
        .map_err(|_| CardError)?;
    Ok(SvgBuilder::default().to_str(&code))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use ballot::{Belenios2048, Credential, Ed25519, Group};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::{cards, in_fours, tag};

    #[test]
    fn each_card_has_its_credential_once_as_text_and_as_a_code_and_nothing_from_elsewhere() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let credentials: Vec<_> = (0..3).map(|_| Credential::generate(&mut rng)).collect();
        let uuid = "MinshengCards1".parse().unwrap();
        let page = cards::<Ed25519>("<b>\"票决\" & co", &uuid, &credentials).unwrap();
        for credential in &credentials {
            assert_eq!(page.matches(credential.expose()).count(), 1);
        }
        assert_eq!(page.matches("<section>").count(), 3);
        assert_eq!(page.matches("<svg ").count(), 3);
        assert_eq!(
            page.matches("&lt;b&gt;&quot;票决&quot; &amp; co").count(),
            3
        );
        assert!(!page.contains("<b>") && !page.contains("<script") && !page.contains("src="));
        // The only address is the name of SVG itself.
        assert_eq!(
            page.matches("http").count(),
            page.matches("http://www.w3.org/2000/svg").count()
        );
        assert!(page.len() < 8192 + 3 * 16_384);
    }

    #[test]
    fn the_stub_beside_a_card_names_the_public_part_of_that_card() {
        fn stubs<G: Group>() {
            let mut rng = ChaCha20Rng::from_seed([2; 32]);
            let credentials: Vec<_> = (0..2).map(|_| Credential::generate(&mut rng)).collect();
            let uuid = "MinshengCards1".parse().unwrap();
            let page = cards::<G>("票决", &uuid, &credentials).unwrap();
            let sections: Vec<&str> = page.split("<section>").skip(1).collect();
            for (credential, section) in credentials.iter().zip(sections) {
                let (card, stub) = section.split_once("<aside>").unwrap();
                let public = G::encode(&credential.public::<G>(&uuid));
                assert!(card.contains(credential.expose()) && !card.contains(tag(&public)));
                assert!(stub.contains(&in_fours(tag(&public))));
                assert!(!stub.contains(credential.expose()));
            }
        }
        stubs::<Ed25519>();
        stubs::<Belenios2048>();
        assert_eq!(in_fours("123456789"), "1234 5678 9");
    }
}

//! Credentials on cards to print and cut: one page of HTML that needs nothing from elsewhere.
//!
//! The cards carry no numbers. Credentials are drawn at random and the roll is sorted by their public parts, so that the
//! order of the cards says nothing of the roll.

use ballot::Credential;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};
use zeroize::Zeroizing;

/// A credential that does not fit on a card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a credential cannot be written as a QR code")]
pub struct CardError;

/// The page. Each card shows the credential as text and as a QR code, the poll's name and its id.
///
/// # Errors
/// [`CardError`].
pub fn cards(
    name: &str,
    uuid: &str,
    credentials: &[Credential],
) -> Result<Zeroizing<String>, CardError> {
    let (name, uuid) = (escaped(name), escaped(uuid));
    // Each card is well below this, so that the page does not grow and leave copies behind.
    let mut page = Zeroizing::new(String::with_capacity(4096 + credentials.len() * 16_384));
    page.push_str(HEAD);
    for credential in credentials {
        let svg = Zeroizing::new(svg(credential)?);
        for part in [
            "<section><div class=\"qr\">",
            &svg,
            "</div><div><h1>",
            &name,
            "</h1><p>凭证 Credential</p><p><code>",
            credential.expose(),
            "</code></p><p>请勿让他人看到或拍照；只用一次表决。<br>Show it to nobody. It casts one ballot.</p><p><small>",
            &uuid,
            "</small></p></div></section>\n",
        ] {
            page.push_str(part);
        }
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

const HEAD: &str = "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>凭证卡 Credential cards</title><style>\
@page{size:A4;margin:10mm}body{margin:0;font-family:\"Noto Sans CJK SC\",\"Source Han Sans SC\",sans-serif}\
section{box-sizing:border-box;height:66mm;border:1px dashed #666;padding:6mm;display:flex;gap:6mm;align-items:center;break-inside:avoid}\
h1{font-size:13pt;margin:0 0 2mm}p{margin:1mm 0;font-size:10pt}code{font-size:15pt;letter-spacing:.5pt}.qr svg{width:44mm;height:44mm}\
</style></head><body>\n";

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
    use ballot::Credential;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::cards;

    #[test]
    fn each_card_has_its_credential_once_as_text_and_as_a_code_and_nothing_from_elsewhere() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let credentials: Vec<_> = (0..3).map(|_| Credential::generate(&mut rng)).collect();
        let page = cards("<b>\"票决\" & co", "MinshengCards1", &credentials).unwrap();
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
        assert!(page.len() < 4096 + 3 * 16_384);
    }
}

//! What a proof's challenge names.
//!
//! A proof says nothing about what its challenge does not hash: whoever can still choose that afterwards chooses it so that the
//! proof holds (D. Bernhard, O. Pereira, B. Warinschi, *How not to prove yourself*, ASIACRYPT 2012). So every challenge is
//! built here, from a list of named parts, and the list stands as a table in `docs/ballot-protocol.md`, which a test compares.

/// What a challenge hashes before the commitments: the kind of proof and what it speaks of, each followed by `|`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context(String);

impl Context {
    /// A text as it is, for whoever proves by another list: another program, or a forger in a test.
    pub fn raw(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A kind of proof whose challenge names `N` parts.
pub struct Kind<const N: usize> {
    tag: &'static str,
    #[cfg(test)]
    names: [&'static str; N],
    #[cfg(test)]
    proves: &'static str,
}

impl<const N: usize> Kind<N> {
    /// The context of one proof: its parts in the order of the names.
    pub fn context(&self, parts: [&str; N]) -> Context {
        let mut text = format!("{}|", self.tag);
        for part in parts {
            text.push_str(part);
            text.push('|');
        }
        Context(text)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $seen:vis $kind:ident: $count:literal = $tag:literal [$($name:literal),+] $proves:literal;)+) => {
        $($(#[$doc])* $seen const $kind: Kind<$count> = Kind {
            tag: $tag,
            #[cfg(test)]
            names: [$($name),+],
            #[cfg(test)]
            proves: $proves,
        };)+

        /// All kinds, as the rows of the table in the protocol's document.
        #[cfg(test)]
        fn rows() -> Vec<String> {
            vec![$($kind.row()),+]
        }
    };
}

kinds! {
    /// Specification 3.3.0, section 4.5.
    pub(crate) POSSESSION: 2 = "pok" ["group", "X"]
        "the logarithm of a trustee's key X is known";
    /// Specification 3.3.0, section 4.6.1.
    pub(crate) MESSAGE: 1 = "sigmsg" ["text"]
        "the owner of a trustee's signing key signs a text; the key stands in the certificate, whose own text names it";
    /// Specification 3.3.0, section 4.15.
    pub(crate) BALLOT: 1 = "sig" ["H, the hash of the whole ballot with φ and X"]
        "the owner of the credential X signs a ballot";
    /// Specification 3.3.0, section 4.12.
    pub(crate) INDIVIDUAL: 3 = "prove" ["φ", "X", "α,β"]
        "one ciphertext (α, β) hides 0 or 1";
    /// Specification 3.3.0, section 4.13.
    pub(crate) OVERALL: 4 = "prove" ["φ", "X", "α₁,β₁,…", "αΣ,βΣ"]
        "the sum of the answer's ciphertexts hides min or … or max";
    /// Specification 3.3.0, section 4.13.
    pub(crate) OVERALL_OR_BLANK: 3 = "bproof1" ["φ", "X", "α₀,β₀,α₁,β₁,…"]
        "the answer is blank, or its sum hides min or … or max";
    /// Specification 3.3.0, section 4.13.
    pub(crate) NOT_BLANK: 3 = "bproof0" ["φ", "X", "α₀,β₀,α₁,β₁,…"]
        "the answer is not blank, or its sum hides 0";
    /// Specification 3.3.0, section 4.16. It names neither the ciphertext nor the factor: see [`BINDING`].
    pub(crate) DECRYPTION: 2 = "decrypt" ["φ", "X"]
        "the factor D of a ciphertext's α is that of the key X; by version 1 without α and D, so that it proves nothing without the next";
    /// What version 1's proofs of decryption leave open.
    pub(crate) BINDING: 1 = "minsheng-decrypt" ["T, the hash of φ, X and all pairs α,D"]
        "all factors D of all α are those of the key X";
    /// A complaint of member j against member i.
    pub(crate) COMPLAINT: 6 = "minsheng-complaint" ["transcript", "j", "i", "ekⱼ", "α", "D"]
        "D opens the share with α that member i sent to member j, whose key is ekⱼ";
    /// What trustee i states after the freeze: rule and roll by the hashes (base64) of their exact bytes.
    pub APPROVAL: 5 = "minsheng-approve" ["φ", "rule", "roll", "i", "X"]
        "trustee i, who signs with the key X, states that this is the election";
    /// What trustee i states after the close: the root (base64) of the record's checkpoint, empty where there is none, the
    /// number of ballots that count, and the hash (base64) of their sum.
    pub CLOSING: 6 = "minsheng-close" ["φ", "root", "ballots", "tally", "i", "X"]
        "trustee i, who signs with the key X, states that these ballots and no others are summed";
}

#[cfg(test)]
impl<const N: usize> Kind<N> {
    fn row(&self) -> String {
        let names = self.names.join(" · ");
        format!("| `{}` | {} | {names} |", self.tag, self.proves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_table_lists_what_every_challenge_names() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ballot-protocol.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (_, table) = text
            .split_once("| prefix | what is proved | what its hash names")
            .unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let written: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(written, rows());
    }

    #[test]
    fn a_context_is_the_tag_and_the_parts_each_followed_by_a_bar() {
        let context = COMPLAINT.context(["t", "1", "2", "e", "a", "d"]);
        assert_eq!(context.as_str(), "minsheng-complaint|t|1|2|e|a|d|");
    }
}

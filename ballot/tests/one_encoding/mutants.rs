//! Every node of an object written in every wrong way, and what a reader must say to it.

use ballot::group::ScalarFault;
use ballot::wire::WireFault;
use ballot::{Group, Wire as _};

use super::elements::{Written, misspelt};
use super::tree::{Node, array, members_of, object, quoted, texts};

/// A wrong text for a node, and the path and the fault that it is refused with.
pub struct Mutant {
    pub text: String,
    pub path: String,
    pub fault: Fault,
}

/// What must be said.
#[derive(Clone, Debug)]
pub enum Fault {
    Exactly(WireFault),
    /// In these words, where the fault borrows a name for ever.
    Said(String),
    /// That the text is not that of the type here: whichever member or sign is expected first.
    Form,
}

impl Fault {
    pub fn is(&self, found: &WireFault) -> bool {
        match self {
            Self::Exactly(fault) => fault == found,
            Self::Said(words) => found.to_string() == *words,
            Self::Form => matches!(
                found,
                WireFault::Expected(_)
                    | WireFault::MissingMember(_)
                    | WireFault::UnexpectedMember
                    | WireFault::StringEncoding
            ),
        }
    }
}

/// All mutants of a whole object.
pub fn of_object<G: Written>(json: &str) -> Vec<Mutant> {
    let node = Node::read(json);
    let mut all = of_node::<G>(&node, "", "", "");
    let trailing = Fault::Exactly(WireFault::Trailing);
    for tail in ["\n", " ", "\0", ",", "}", json] {
        all.push(mutant(json.to_owned() + tail, "", &trailing));
    }
    for head in [" ", "\n", "\u{feff}", "null", ","] {
        all.push(mutant(head.to_owned() + json, "", &Fault::Form));
    }
    all
}

fn mutant(text: impl Into<String>, path: &str, fault: &Fault) -> Mutant {
    let (text, path, fault) = (text.into(), path.to_owned(), fault.clone());
    Mutant { text, path, fault }
}

/// `name` is that of the member that the node belongs to, `above` the path of the object or array around it.
fn of_node<G: Written>(node: &Node, name: &str, path: &str, above: &str) -> Vec<Mutant> {
    let mut all = match node {
        Node::Leaf(json) => leaf::<G>(json, name, path, above),
        Node::Array(items) => around_items(&texts(items), path, false),
        Node::Tuple(items) => around_items(&texts(items), path, true),
        Node::Object(members) => around_members(&members_of(members), path),
        Node::Inner(inner) => in_string(&inner.write(), path),
    };
    let mut children = |child: usize, node_of: &Node, name: &str, path: &str, above: &str| {
        for mut mutant in of_node::<G>(node_of, name, path, above) {
            mutant.text = node.write_with(child, mutant.text);
            all.push(mutant);
        }
    };
    match node {
        Node::Leaf(_) => {}
        Node::Inner(inner) => children(0, inner, name, path, path),
        Node::Tuple(items) => {
            for (index, item) in items.iter().enumerate() {
                children(index, item, "tuple", path, path);
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                children(index, item, name, &format!("{path}[{index}]"), path);
            }
        }
        Node::Object(members) => {
            for (index, (name, value)) in members.iter().enumerate() {
                children(index, value, name, &member_path(path, name), path);
            }
        }
    }
    all
}

fn member_path(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn leaf<G: Written>(json: &str, name: &str, path: &str, above: &str) -> Vec<Mutant> {
    // `null` for a value, whatever it is.
    let mut all = vec![mutant("null", path, &Fault::Form)];
    let Some(text) = json.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        all.extend(bare(json, name, path, above));
        return all;
    };
    // A bare word or number where a string stands.
    all.push(mutant(
        if text.is_empty() { "0" } else { text },
        path,
        &Fault::Form,
    ));
    if let Some(first) = text.chars().next().filter(|first| *first != '\\') {
        let escaped = format!(
            "\"\\u{:04x}{}\"",
            u32::from(first),
            &text[first.len_utf8()..]
        );
        let fault = match name {
            "tuple" => Fault::Form,
            _ => Fault::Exactly(WireFault::StringEncoding),
        };
        all.push(mutant(escaped, path, &fault));
    }
    let mut wrong = |texts: Vec<String>, fault: WireFault| {
        let fault = Fault::Exactly(fault);
        all.extend(
            texts
                .iter()
                .map(|text| mutant(format!("\"{text}\""), path, &fault)),
        );
    };
    match name {
        "challenge" | "response" => {
            wrong(misspelt(text), ScalarFault::Encoding.into());
            wrong(too_large::<G>(text), ScalarFault::Range.into());
        }
        "" | "alpha" | "beta" | "credential" | "public_key" | "verification" | "encryption"
        | "decryption_factors" | "coefexps" => {
            for (text, fault) in G::wrong(text) {
                wrong(vec![text], fault.into());
            }
        }
        "election_hash" | "hash" => wrong(
            vec![format!("{text}="), text[1..].to_owned(), spare_bits(text)],
            WireFault::Invalid("43 characters of canonical base64 expected"),
        ),
        "uuid" | "election_uuid" => wrong(
            vec![format!("{text}0"), format!(" {text}"), text[1..].to_owned()],
            WireFault::Invalid("an id of 14 to 64 base-58 characters expected"),
        ),
        // Texts for people: every way to escape but one is wrong.
        "tuple" => {}
        "group" => {
            let path_of_election = name == path;
            if path_of_election {
                let other = WireFault::Unsupported("another group");
                wrong(vec![text.to_lowercase(), format!("{text} ")], other);
            }
        }
        _ => {
            let ways = [
                "\\/", "\\u000A", "\\u000a", "\\q", "\\ud800", "\u{1}", "\n", "\u{7f}",
            ];
            let texts = ways.map(|way| text.to_owned() + way).to_vec();
            wrong(texts, WireFault::StringEncoding);
        }
    }
    all
}

/// q, and the same number plus q.
fn too_large<G: Group>(text: &str) -> Vec<String> {
    use num_bigint::BigUint;
    let last: BigUint = (-G::Scalar::from(1))
        .to_json()
        .trim_matches('"')
        .parse()
        .unwrap();
    let q = last + 1_u8;
    let again = text.parse::<BigUint>().unwrap() + &q;
    let longer = BigUint::from(1_u8) << 256_u32;
    [q, again, longer].map(|number| number.to_string()).to_vec()
}

/// The same 32 bytes with one of the two spare bits of base64 set.
fn spare_bits(text: &str) -> String {
    let (rest, last) = text.split_at(text.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    // The last digit is one of AEIMQUYcgkosw048, whose successors stand after them in ASCII, too.
    format!("{rest}{next}")
}

/// Numbers and true.
fn bare(json: &str, name: &str, path: &str, above: &str) -> Vec<Mutant> {
    let form = &Fault::Form;
    if json == "true" {
        let words = ["True", "1", "\"true\"", "t"];
        return words.map(|word| mutant(word, path, form)).into();
    }
    let encoding = &Fault::Exactly(WireFault::NumberEncoding);
    let mut all = vec![
        mutant(format!("0{json}"), path, encoding),
        mutant("18446744073709551616", path, encoding),
        mutant(format!("-{json}"), path, form),
        mutant(format!("+{json}"), path, form),
        // Counts from 2³⁰ on are strings, so that a small one in quotes is a number written otherwise.
        mutant(
            quoted(json),
            path,
            if name == "result" { encoding } else { form },
        ),
        mutant(format!("{json}.0"), above, form),
        mutant(format!("{json}e0"), above, form),
        mutant(format!("{json}_0"), above, form),
    ];
    if name == "version" {
        let other = WireFault::Unsupported("a crypto version other than 1");
        all.push(mutant("2", path, &Fault::Exactly(other)));
    } else {
        all.push(mutant(format!("0x{json}"), above, form));
    }
    all
}

/// An object inside a string, in another encoding of the string or with something around it.
fn in_string(inner: &str, path: &str) -> Vec<Mutant> {
    let escaped = quoted(inner).replacen('{', "\\u007b", 1);
    let trailing = &Fault::Exactly(WireFault::Trailing);
    vec![
        mutant("null", path, &Fault::Form),
        mutant(inner, path, &Fault::Form),
        mutant(escaped, path, &Fault::Exactly(WireFault::StringEncoding)),
        mutant(quoted(&format!(" {inner}")), path, &Fault::Form),
        mutant(quoted(&format!("{inner} ")), path, trailing),
        mutant(quoted(&format!("{inner}{inner}")), path, trailing),
    ]
}

fn around_items(items: &[String], path: &str, tuple: bool) -> Vec<Mutant> {
    let form = &Fault::Form;
    let json = array(items);
    let inside = &json[1..json.len() - 1];
    let at = |index: usize| {
        if tuple {
            path.to_owned()
        } else {
            format!("{path}[{index}]")
        }
    };
    let mut all = vec![
        mutant("null", path, form),
        mutant(format!("[ {inside}]"), &at(0), form),
        mutant(format!("[,{inside}]"), &at(0), form),
        mutant(format!("[{inside} ]"), path, form),
        mutant(format!("[{inside},]"), &at(items.len()), form),
        mutant(format!("[{inside},null]"), &at(items.len()), form),
        mutant(format!("[{inside}}}"), path, form),
    ];
    for index in 1..items.len() {
        let (before, after) = (items[..index].join(","), items[index..].join(","));
        all.push(mutant(format!("[{before} ,{after}]"), path, form));
        all.push(mutant(format!("[{before}, {after}]"), &at(index), form));
    }
    all
}

/// The types that have optional members, by a member that they always have, with all members in order.
const OPTIONAL: [(&str, &[&str], &[&str]); 4] = [
    (
        "pok",
        &["pok", "public_key", "signature", "name"],
        &["signature", "name"],
    ),
    (
        "individual_proofs",
        &["overall_proof", "blank_proof"],
        &["blank_proof"],
    ),
    (
        "answers",
        &["answers", "blank", "min", "max", "question"],
        &["blank"],
    ),
    (
        "version",
        &["uuid", "administrator", "credential_authority", "language"],
        &["administrator", "credential_authority", "language"],
    ),
];

/// Names and texts.
type Members = Vec<(String, String)>;

fn around_members(members: &[(String, String)], path: &str) -> Vec<Mutant> {
    let form = &Fault::Form;
    let missing = |name: &str| Fault::Said(format!("member \"{name}\" expected here"));
    let unexpected = &Fault::Exactly(WireFault::UnexpectedMember);
    let json = object(members);
    let inside = &json[1..json.len() - 1];
    let first = &members[0];
    let mut all = vec![
        mutant("null", path, form),
        mutant("{}", path, &missing(&first.0)),
        mutant(format!("{{ {inside}}}"), path, &missing(&first.0)),
        mutant(format!("{{{inside} }}"), path, form),
        mutant(format!("{{{inside},}}"), path, form),
        mutant(
            format!("{{\"other\":0,{inside}}}"),
            path,
            &missing(&first.0),
        ),
        mutant(format!("{{{inside},\"other\":0}}"), path, unexpected),
        mutant(
            format!("{{{inside},\"{}\":{}}}", first.0, first.1),
            path,
            unexpected,
        ),
    ];
    let types = OPTIONAL.iter().filter(|(mark, ..)| {
        // A ballot has answers as a question has.
        let marked = |name: &str| members.iter().any(|(own, _)| own == name);
        marked(mark) && (*mark != "answers" || marked("min"))
    });
    let (order, optional) = types
        .map(|(_, order, all)| (*order, *all))
        .next()
        .unwrap_or_default();
    for (index, (name, value)) in members.iter().enumerate() {
        let with = |change: &dyn Fn(&mut Members)| {
            let mut changed = members.to_vec();
            change(&mut changed);
            object(&changed)
        };
        let required = !optional.contains(&name.as_str());
        let absent = if required { &missing(name) } else { unexpected };
        if required && members.len() > 1 {
            all.push(mutant(with(&|m| drop(m.remove(index))), path, absent));
        }
        all.push(mutant(
            with(&|m| m[index].0.push('x')),
            path,
            if required { absent } else { form },
        ));
        all.push(mutant(
            with(&|m| m.insert(index, m[index].clone())),
            path,
            form,
        ));
        all.push(mutant(
            with(&|m| m.insert(index, ("other".into(), "0".into()))),
            path,
            form,
        ));
        if index + 1 < members.len() {
            all.push(mutant(
                with(&|m| m.swap(index, index + 1)),
                path,
                if required { absent } else { form },
            ));
        }
        all.push(mutant(with(&|m| m[index].1.push(' ')), path, form));
        let own = &member_path(path, name);
        all.push(mutant(
            with(&|m| m[index].1 = format!(" {value}")),
            own,
            form,
        ));
        // White space and an escape in the name.
        let spaced = json.replacen(
            &format!("\"{name}\":{value}"),
            &format!("\"{name}\" :{value}"),
            1,
        );
        all.push(mutant(spaced, path, form));
        let escape = format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
        all.push(mutant(
            with(&|m| m[index].0.clone_from(&escape)),
            path,
            if required { absent } else { form },
        ));
    }
    // `null` for what is absent, in its place.
    for name in optional
        .iter()
        .filter(|name| !members.iter().any(|(own, _)| own == *name))
    {
        let later = order.iter().skip_while(|other| *other != name);
        let before = later
            .filter_map(|later| members.iter().position(|(own, _)| own == later))
            .min();
        let mut changed = members.to_vec();
        let place = before.unwrap_or(changed.len());
        changed.insert(place, ((*name).to_owned(), "null".to_owned()));
        all.push(mutant(object(&changed), &member_path(path, name), form));
    }
    all
}

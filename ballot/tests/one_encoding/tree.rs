//! An object as a tree of texts, of which any node can be written wrongly.

use serde_json::Value;

/// A part of an object. Numbers and strings stay as they are written.
pub enum Node {
    Leaf(String),
    Array(Vec<Self>),
    /// An array of fixed length, whose items have no place of their own in an error's path.
    Tuple(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// An object that stands as text inside a string.
    Inner(Box<Self>),
}

impl Node {
    pub fn read(json: &str) -> Self {
        let node = Self::of(&serde_json::from_str(json).unwrap());
        assert_eq!(node.write(), json);
        node
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => {
                let tuple = items
                    .first()
                    .and_then(Value::as_str)
                    .is_some_and(|first| ["Single", "Pedersen", "zh"].contains(&first));
                let items = items.iter().map(Self::of).collect();
                if tuple {
                    Self::Tuple(items)
                } else {
                    Self::Array(items)
                }
            }
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::of(value)))
                    .collect(),
            ),
            Value::String(text) if text.starts_with('{') => Self::Inner(Box::new(Self::read(text))),
            leaf => Self::Leaf(leaf.to_string()),
        }
    }

    pub fn write(&self) -> String {
        match self {
            Self::Leaf(text) => text.clone(),
            Self::Inner(inner) => quoted(&inner.write()),
            Self::Array(items) | Self::Tuple(items) => array(&texts(items)),
            Self::Object(members) => object(&members_of(members)),
        }
    }

    /// The node with this text for its child number `child`.
    pub fn write_with(&self, child: usize, text: String) -> String {
        match self {
            Self::Leaf(_) => text,
            Self::Inner(_) => quoted(&text),
            Self::Array(items) | Self::Tuple(items) => {
                let mut texts = texts(items);
                texts[child] = text;
                array(&texts)
            }
            Self::Object(members) => {
                let mut members = members_of(members);
                members[child].1 = text;
                object(&members)
            }
        }
    }
}

pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

pub fn texts(items: &[Node]) -> Vec<String> {
    items.iter().map(Node::write).collect()
}

pub fn members_of(members: &[(String, Node)]) -> Vec<(String, String)> {
    members
        .iter()
        .map(|(name, value)| (name.clone(), value.write()))
        .collect()
}

pub fn array(texts: &[String]) -> String {
    format!("[{}]", texts.join(","))
}

pub fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

//! Enums that are known by their names: in the database, in JSON and forms, in addresses and translation keys.

/// Declares an enum of names, each written once. A name is what the database, JSON and forms hold.
#[macro_export]
macro_rules! name_enum {
    ($(#[$meta:meta])* $vis:vis enum $enum:ident { $($(#[$doc:meta])* $one:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $enum {
            $($(#[$doc])* $one,)+
        }

        impl $enum {
            const NAMES: &'static [&'static str] = &[$($name),+];

            /// All of them, in their order.
            $vis const ALL: [Self; Self::NAMES.len()] = [$(Self::$one),+];

            /// Its name.
            $vis const fn name(self) -> &'static str {
                match self {
                    $(Self::$one => $name,)+
                }
            }

            /// The one of this name.
            $vis fn find(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$one),)+
                    _ => None,
                }
            }
        }

        impl $crate::infra::audit::Detail for $enum {
            fn json(&self) -> serde_json::Value {
                serde_json::Value::from(self.name())
            }
        }

        impl serde::Serialize for $enum {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::find(&name)
                    .ok_or_else(|| serde::de::Error::unknown_variant(&name, Self::NAMES))
            }
        }

        impl<DB: sqlx::Database> sqlx::Type<DB> for $enum
        where
            str: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as sqlx::Type<DB>>::type_info()
            }

            fn compatible(kind: &DB::TypeInfo) -> bool {
                <str as sqlx::Type<DB>>::compatible(kind)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $enum
        where
            &'static str: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<DB>::encode(self.name(), buffer)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $enum
        where
            &'r str: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let name = <&'r str as sqlx::Decode<'r, DB>>::decode(value)?;
                Self::find(name)
                    .ok_or_else(|| format!("{name:?} is none of {:?}", Self::NAMES).into())
            }
        }
    };
}

#[cfg(test)]
mod tests {
    name_enum! {
        /// Two of them.
        enum Sample {
            /// The first.
            First = "first",
            /// The other.
            TheOther = "the_other",
        }
    }

    #[test]
    fn a_name_leads_to_its_value_and_back_and_nothing_else_does() {
        assert_eq!(Sample::ALL.map(Sample::name), ["first", "the_other"]);
        for one in Sample::ALL {
            assert_eq!(Sample::find(one.name()), Some(one));
            let text = serde_json::to_string(&one).unwrap();
            assert_eq!(text, format!("\"{}\"", one.name()));
            assert_eq!(serde_json::from_str::<Sample>(&text).unwrap(), one);
        }
        assert_eq!(Sample::find("First"), None);
        let refused = serde_json::from_str::<Sample>("\"third\"").unwrap_err();
        assert!(refused.to_string().contains("`the_other`"), "{refused}");
    }
}

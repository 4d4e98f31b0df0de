//! Short machine names: agencies, roles, purposes, user names. Not personal data.

/// Why a text is no label.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error(
    "use 1 to 64 lower-case letters, digits, dots, hyphens or underscores, beginning with a letter or digit"
)]
pub struct LabelError;

pub(crate) fn check(text: &str) -> Result<(), LabelError> {
    let begins = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let legal =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if begins && text.len() <= 64 && text.chars().all(legal) { Ok(()) } else { Err(LabelError) }
}

/// Makes a label type: parsed, ordered, printable, carried as a string.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The label's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::label::LabelError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::label::check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::label::LabelError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $crate::label::check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(label: $name) -> Self {
                label.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use label;

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn labels_are_short_lower_case_ascii() {
        for good in ["council", "node.council.example", "ed-clinician", "a_1", "9"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "Council", "a b", "a/b", "é", &"a".repeat(65)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}

//! Which users a list holds: `userName eq "a.nurse"` or `externalId eq "…"` (RFC 7644, section 3.4.2.2).

use kinfold_domain::UserName;

use super::wrong::Wrong;

/// Who is looked for.
pub(super) enum Filter {
    /// All of them.
    Everybody,
    /// Whoever has that user name.
    UserName(UserName),
    /// Whom the personnel system calls that.
    External(String),
    /// A user name that nobody can have.
    Nobody,
}

impl Filter {
    /// From a filter's text.
    pub(super) fn parse(text: &str) -> Result<Self, Wrong> {
        let unknown = || {
            let known = "the filters here are userName eq \"…\" and externalId eq \"…\"";
            Wrong::new("invalidFilter", known)
        };
        let (name, rest) = text.trim().split_once(' ').ok_or_else(unknown)?;
        let (op, value) = rest.trim().split_once(' ').ok_or_else(unknown)?;
        let value: String = serde_json::from_str(value.trim()).map_err(|_| unknown())?;
        let name = name.rsplit(':').next().unwrap_or_default().to_lowercase();
        match (&*name, op.eq_ignore_ascii_case("eq")) {
            ("username", true) => {
                Ok(value.to_lowercase().parse().map_or(Self::Nobody, Self::UserName))
            }
            ("externalid", true) => Ok(Self::External(value)),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_a_user_or_is_refused() {
        let filter = Filter::parse;
        let named = filter("userName eq \"A.Nurse\"");
        assert!(matches!(named, Ok(Filter::UserName(name)) if name.as_str() == "a.nurse"));
        assert!(matches!(filter("userName eq \"a@b.example\""), Ok(Filter::Nobody)));
        let external = filter("externalid EQ  \"X \\\" 7\"");
        assert!(matches!(external, Ok(Filter::External(id)) if id == "X \" 7"));
        for bad in [
            "",
            "userName",
            "userName eq a",
            "userName sw \"a\"",
            "title eq \"a\"",
            "userName eq \"a\" or title pr",
        ] {
            assert!(matches!(filter(bad), Err(Wrong { kind: "invalidFilter", .. })), "{bad}");
        }
    }
}

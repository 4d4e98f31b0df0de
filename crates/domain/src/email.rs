//! Where an employee is told that something waits: never a child's or a family's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An employee's e-mail address. `Debug` is redacted.
#[derive(Clone, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A text is no e-mail address.
#[derive(Debug, Clone, Copy, Eq, PartialEq, thiserror::Error)]
#[error(
    "an e-mail address reads name@agency.example: plain letters, digits and .!#$%&'*+/=?^_`{{|}}~- before one @, and a host after it"
)]
pub struct EmailAddressError;

impl EmailAddress {
    /// The address, to be written to.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    /// RFC 5321 section 4.1.2 without quoted names, comments, internationalised names and address literals, of which agencies' own
    /// addresses have none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (name, host) = text.split_once('@').ok_or(EmailAddressError)?;
        let legal = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
        let dotted = |text: &str, legal: &dyn Fn(char) -> bool| {
            text.split('.').all(|part| !part.is_empty() && part.chars().all(legal))
        };
        let host_letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let fits = name.len() <= 64 && text.len() <= 254;
        if fits && dotted(name, &legal) && dotted(host, &host_letter) {
            Ok(Self(text.to_owned()))
        } else {
            Err(EmailAddressError)
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[e-mail address]")
    }
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    #[test]
    fn an_address_is_a_name_and_a_host_and_nothing_that_a_header_could_be_made_of() {
        for good in ["a.nurse@trust.example", "o'neil+ed@mail.trust.example", "root@localhost"] {
            assert!(good.parse::<EmailAddress>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "nurse",
            "@trust.example",
            "nurse@",
            "a@b@c",
            "a..b@trust.example",
            "a b@trust.example",
            "Nurse <a@trust.example>",
            "a@trust.example\r\nBcc: b@trust.example",
            "a@[192.0.2.1]",
        ] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
        let address: EmailAddress = "a.nurse@trust.example".parse().unwrap();
        assert!(!format!("{address:?}").contains("nurse"));
    }
}

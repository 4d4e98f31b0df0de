//! Doors outside the pages: a VPN's concentrator asks whether PIN and code are right, and opens by itself.

use std::str::FromStr;

use kinfold_domain::{Employee, EmployeeId, Role, UserName};
use kinfold_token::{Code, Digits, Pin};
use zeroize::Zeroizing;

use super::{Credentials, SignIn, SignInError, whence::Whence};
use crate::records::Entry;

/// The shortest code; what is shorter than a PIN and a code of so many digits is a PIN alone.
const SHORTEST_CODE: usize = 6;
/// The longest code.
const LONGEST_CODE: usize = 8;

/// A door outside the pages.
#[derive(Clone, Debug)]
pub struct Door {
    /// What it speaks: `radius`.
    pub speaks: &'static str,
    /// Its name in the ledger.
    pub name: UserName,
    /// Who may go through it; everybody where there is none.
    pub roles: Option<Vec<Role>>,
}

impl Door {
    /// How the ledger names it.
    pub(super) fn label(&self) -> String {
        format!("{}:{}", self.speaks, self.name)
    }

    fn lets(&self, role: &Role) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.contains(role))
    }
}

/// What was typed into one field.
pub enum Typed {
    /// A PIN alone: the code is still to be asked for.
    Pin(Pin),
    /// A PIN, and the code behind it.
    Joined(Joined),
}

/// A PIN and a code without anything between them: 12 to 24 digits, wiped from memory. How long the code is the token says.
pub struct Joined(Zeroizing<String>);

/// What was typed is neither a PIN nor a PIN and a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a PIN has 6 to 16 digits, and a code behind it 6 or 8")]
pub struct Untyped;

impl FromStr for Typed {
    type Err = Untyped;

    /// Digits; spaces are left out, since a token shows its code in two halves.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Zeroizing<String> = Zeroizing::new(text.split(' ').collect());
        let most = Pin::MAX_LEN + LONGEST_CODE;
        if digits.len() < Pin::MIN_LEN + SHORTEST_CODE {
            return digits.parse().map(Self::Pin).map_err(|_| Untyped);
        }
        if digits.len() > most || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Untyped);
        }
        Ok(Self::Joined(Joined(digits)))
    }
}

impl Joined {
    /// Taken apart for a token of so many digits. What is too short for eight is taken for six, which a token of eight then refuses, so that
    /// nobody learns from an answer which token somebody has.
    fn apart(&self, digits: Digits) -> Option<Credentials> {
        let code = usize::from(digits.count());
        let code = if self.0.len() < Pin::MIN_LEN + code { SHORTEST_CODE } else { code };
        let (pin, code) = self.0.split_at_checked(self.0.len().checked_sub(code)?)?;
        Some(Credentials { pin: pin.parse().ok()?, code: code.parse().ok()? })
    }
}

/// What is judged at a door.
pub enum Passed {
    /// Typed into one field.
    Joined(Joined),
    /// Typed one after the other.
    Apart(Pin, Code),
}

impl Passed {
    /// PIN and code, for a token of so many digits.
    pub(super) fn read(self, digits: Digits) -> Option<Credentials> {
        match self {
            Self::Joined(joined) => joined.apart(digits),
            Self::Apart(pin, code) => Some(Credentials { pin, code }),
        }
    }
}

/// Why a door stays shut.
#[derive(Debug, thiserror::Error)]
pub enum ShutError {
    /// PIN and code are right, and this door is not for that role.
    #[error("this way in is not for your role: ring your operator")]
    Role,
    /// As on the page.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl SignIn {
    /// Makes sure that this is that employee and may go through that door: judged, throttled, locked and recorded as on the page. No session
    /// is opened here; the code is spent.
    #[tracing::instrument(skip_all)]
    pub async fn admit(
        &self,
        door: &Door,
        user_name: &UserName,
        passed: Passed,
    ) -> Result<Employee, ShutError> {
        let proof = self.prove_at(Whence::Door(door), user_name, passed).await?;
        let (employee, given) = (proof.account.employee, proof.account.given);
        if !self.store.save_token(proof.burn).await.map_err(SignInError::Store)? {
            return Err(self.refused_at(Some(door), Some(employee.id), "replayed").await?.into());
        }
        // Whoever gave them the PIN could say it for them.
        if given {
            self.refused_at(Some(door), Some(employee.id), "given-pin").await?;
            return Err(SignInError::GivenPin.into());
        }
        if !door.lets(&employee.role) {
            self.refused_at(Some(door), Some(employee.id), "role").await?;
            return Err(ShutError::Role);
        }
        let (at, how) = (self.clock.now(), door.speaks.to_owned());
        let by = Some(door.label());
        let entry =
            Entry::SignedIn { at, employee: employee.id, how, what_for: None, by, address: None };
        self.journal.record(entry).await.map_err(SignInError::Ledger)?;
        Ok(employee)
    }

    /// Records that somebody was turned away unjudged: what came can't be right, so it counts as no miss. `why` is a word of the ledger.
    pub async fn turn_away(
        &self,
        door: &Door,
        user_name: Option<&UserName>,
        why: &'static str,
    ) -> Result<(), SignInError> {
        let account = match user_name {
            Some(user_name) => self.store.account(user_name).await?,
            None => None,
        };
        let employee = account.map(|account| account.employee.id);
        self.refused_at(Some(door), employee, why).await?;
        Ok(())
    }

    pub(super) async fn refused_at(
        &self,
        door: Option<&Door>,
        employee: Option<EmployeeId>,
        why: &str,
    ) -> Result<SignInError, SignInError> {
        let (at, by) = (self.clock.now(), door.map(Door::label));
        let entry = Entry::SignInRefused { at, employee, why: why.to_owned(), by };
        self.journal.record(entry).await?;
        Ok(SignInError::Refused)
    }
}

#[cfg(test)]
mod tests {
    use kinfold_token::Digits;

    use super::*;

    fn apart(text: &str, digits: Digits) -> Option<(String, String)> {
        let Ok(Typed::Joined(joined)) = text.parse::<Typed>() else { return None };
        let read = joined.apart(digits)?;
        let whole = joined.0.as_str();
        let code = read.code.expose().to_string();
        Some((whole.strip_suffix(&code)?.to_owned(), code))
    }

    #[test]
    fn a_pin_and_a_code_are_taken_apart_by_the_tokens_digits() {
        let table = [
            ("483906123456", Digits::Six, ("483906", "123456")),
            ("483906 123 456", Digits::Six, ("483906", "123456")),
            ("48390612345678", Digits::Eight, ("483906", "12345678")),
            ("48390612345678", Digits::Six, ("48390612", "345678")),
            ("1234567890123456001234", Digits::Six, ("1234567890123456", "001234")),
            ("123456789012345600001234", Digits::Eight, ("1234567890123456", "00001234")),
            // Too short for eight digits: a token of eight refuses six.
            ("483906123456", Digits::Eight, ("483906", "123456")),
        ];
        for (text, digits, (pin, code)) in table {
            assert_eq!(apart(text, digits), Some((pin.to_owned(), code.to_owned())), "{text}");
        }
    }

    #[test]
    fn less_than_a_pin_and_a_code_is_a_pin_alone() {
        for text in ["483906", "48390612345"] {
            assert!(matches!(text.parse(), Ok(Typed::Pin(_))), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "48390", "password", "48390a123456", "1234567890123456789012345", "４８３９０６"]
        {
            assert!(text.parse::<Typed>().is_err(), "{text}");
        }
        assert!(apart("12345678901234567890123", Digits::Six).is_none(), "a PIN of seventeen");
    }
}

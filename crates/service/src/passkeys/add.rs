//! Adding a passkey: under a fresh code of one's own token.

use kinfold_domain::Personal;

use super::{Awaited, Ceremony, LONGEST_NAME, MOST_EACH, PasskeyError, Passkeys};
use crate::{
    caller::Caller,
    ports::{PasskeyId, PasskeyRow},
    sign_in::{SignInError, StepUp, SteppedUp},
};
use kinfold_token::Misses;

impl Passkeys {
    /// Whether a name can be one.
    pub fn name(typed: &str) -> Result<Personal<String>, PasskeyError> {
        let name = typed.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) {
            Ok(Personal::new(name.to_owned()))
        } else {
            Err(PasskeyError::Unnamed)
        }
    }

    /// Asks for a new passkey of the caller's. Whoever sits at a session that was left open has no fresh code.
    pub async fn ask_add(
        &self,
        caller: &Caller,
        stepped_up: SteppedUp,
        name: Personal<String>,
    ) -> Result<Ceremony, PasskeyError> {
        let site = self.site()?;
        if !stepped_up.is_of(caller, StepUp::AddPasskey) {
            return Err(SignInError::NoSession.into());
        }
        if !stepped_up.lasting() {
            return Err(PasskeyError::OneShift);
        }
        let employee = caller.employee();
        let known = self.parts.passkeys.passkeys_of(employee.id).await?;
        if known.len() >= MOST_EACH {
            return Err(PasskeyError::TooMany);
        }
        let known: Vec<_> = known.into_iter().map(|known| known.credential).collect();
        let asked = site.add((employee.id.0, employee.user_name.as_str()), &known);
        let (options, adding) = asked.map_err(|_| PasskeyError::NotHere)?;
        Ok(self.begin(options, Awaited::Add(caller.session(), name, adding)))
    }

    /// Adds the passkey that the browser made.
    #[tracing::instrument(skip_all)]
    pub async fn add(
        &self,
        caller: &Caller,
        ceremony: &str,
        answer: &str,
    ) -> Result<(), PasskeyError> {
        let (name, adding) = match self.take(ceremony) {
            Some(Awaited::Add(of, name, adding)) if of == caller.session() => (name, adding),
            _ => return Err(PasskeyError::Over),
        };
        let Ok(credential) = self.site()?.added(answer, &adding) else {
            return Err(PasskeyError::NotAdded);
        };
        let added = self.parts.clock.now();
        let passkey = PasskeyRow {
            id: PasskeyId(self.parts.entropy.uuid(added)),
            employee: caller.employee().id,
            name,
            added,
            used: None,
            credential,
            misses: Misses::default(),
            version: 0,
        };
        if self.parts.passkeys.passkey(passkey.credential.digest()).await?.is_some() {
            return Err(PasskeyError::NotAdded);
        }
        // Recorded first: no passkey opens anything that the ledger doesn't know of.
        self.record(self.word(&passkey, "added")).await?;
        if self.parts.passkeys.add_passkey(&passkey).await? {
            Ok(())
        } else {
            Err(PasskeyError::NotAdded)
        }
    }
}

//! A code for one shift, in place of a token that is lost or broken: issued by two named people, used with the old PIN.

use jiff::SignedDuration;
use kinfold_domain::{Employee, EmployeeId, Role, UserName};
use kinfold_token::{
    Code, Digits, Generator, Kind, Pin, Seed, Serial, Standing, TokenParameters, TokenState,
};
use zeroize::Zeroizing;

use super::{Inventory, TokenError, TokenWord};
use crate::{
    ports::{Address, TokenId, TokenRow},
    records::{Asker, Entry},
    sign_in::Credentials,
};

/// The longest shift, in hours.
const LONGEST_SHIFT: u8 = 12;

/// The code, to be told to its employee and nobody else.
pub struct TemporaryCode {
    /// Eight digits.
    pub code: Code,
    /// Whose.
    pub user_name: UserName,
    /// When it ends.
    pub until: jiff::Timestamp,
}

/// Two named people who have just proved themselves, the first of them an operator.
pub struct Witnesses {
    pub(super) by: [Employee; 2],
}

impl Witnesses {
    pub(crate) fn includes(&self, employee: EmployeeId) -> bool {
        self.by.iter().any(|witness| witness.id == employee)
    }

    pub(crate) fn askers(&self) -> Vec<Asker> {
        self.by.iter().map(Asker::from).collect()
    }
}

impl Inventory {
    /// Makes sure of two named people by PIN and a fresh code of each, typed at that address.
    pub async fn witnesses(
        &self,
        address: Option<Address>,
        first: (&UserName, Pin, Code),
        second: (&UserName, Pin, Code),
    ) -> Result<Witnesses, TokenError> {
        if first.0 == second.0 {
            return Err(TokenError::NotTwoPeople);
        }
        let first = self.vouch(address, first).await?;
        if first.role.as_str() != Role::OPERATOR {
            return Err(TokenError::NotTwoPeople);
        }
        Ok(Witnesses { by: [first, self.vouch(address, second).await?] })
    }

    async fn vouch(
        &self,
        address: Option<Address>,
        (who, pin, code): (&UserName, Pin, Code),
    ) -> Result<Employee, TokenError> {
        let proved = self.parts.sign_in.vouch(address, who, Credentials { pin, code }).await;
        proved.map_err(|source| TokenError::NotVouched { who: who.clone(), source })
    }

    /// Issues a code for one shift to whoever holds a token that is lost or broken.
    pub async fn issue_temporary(
        &self,
        serial: &Serial,
        witnesses: &Witnesses,
        hours: u8,
    ) -> Result<TemporaryCode, TokenError> {
        if !(1..=LONGEST_SHIFT).contains(&hours) {
            return Err(TokenError::Shift);
        }
        let token = self.token(serial).await?;
        if !matches!(token.standing, Standing::Lost | Standing::Broken) {
            return Err(TokenError::NotLost);
        }
        let holder = token.holder.ok_or(TokenError::NobodyHolds)?;
        if witnesses.includes(holder) {
            return Err(TokenError::NotTwoPeople);
        }
        if self.uses_another(holder).await? {
            return Err(TokenError::HasAnother);
        }
        let account = self.parts.staff.account_of(holder).await?;
        let account = account.filter(|a| !a.disabled).ok_or(TokenError::NoAccount)?;
        let row = self.fresh(holder, hours)?;
        let code = Generator::new(&row.seed, row.parameters).temporary_code();
        let until = row.until.unwrap_or(row.since);
        let word = TokenWord {
            at: row.since,
            token: row.id.0,
            serial: row.serial.to_string(),
            kind: row.kind,
            what: "temporary-code".to_owned(),
            employee: Some(holder),
            in_place_of: Some(serial.to_string()),
            until: Some(until),
            by: witnesses.askers(),
        };
        self.parts.journal.record(Entry::Token(Box::new(word))).await?;
        self.parts.staff.add_token(&row).await?;
        Ok(TemporaryCode { code, user_name: account.employee.user_name, until })
    }

    fn fresh(&self, employee: EmployeeId, hours: u8) -> Result<TokenRow, TokenError> {
        let since = self.parts.clock.now();
        let until = since.saturating_add(SignedDuration::from_hours(hours.into()));
        let mut bytes = Zeroizing::new([0; 32]);
        self.parts.entropy.fill(&mut *bytes);
        let id = self.parts.entropy.uuid(since);
        let serial = format!("SHIFT-{}", id.simple()).to_ascii_uppercase().parse();
        Ok(TokenRow {
            id: TokenId(id),
            serial: serial.map_err(|_| TokenError::Secret)?,
            kind: Kind::Temporary,
            employee,
            parameters: TokenParameters { digits: Digits::Eight, ..TokenParameters::default() },
            seed: Seed::new(bytes.to_vec()).map_err(|_| TokenError::Secret)?,
            state: TokenState::default(),
            standing: Standing::InUse,
            since,
            until: until.ok().or(Some(since)),
            version: 0,
        })
    }
}

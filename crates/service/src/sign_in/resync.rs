//! Finding a token again whose clock has wandered out of the window.

use kinfold_domain::UserName;
use kinfold_token::{CodePair, Generator, Pin, ResyncOutcome, Standing};

use super::{
    SignIn, SignInError,
    prove::{MOST_RACES, burn, judge_pin},
};
use crate::{
    ports::{AccountRow, Address},
    records::Entry,
    tokens::TokenWord,
};

impl SignIn {
    /// Learns how far the clock of somebody's token is off, from their PIN and two codes that it showed one after the other. Both are
    /// spent; no session is opened. One try in five minutes, and a wrong one is a miss as at sign-in.
    #[tracing::instrument(skip_all)]
    pub async fn resynchronise(
        &self,
        address: Option<Address>,
        user_name: &UserName,
        pin: Pin,
        codes: &CodePair,
    ) -> Result<(), SignInError> {
        let account = self.store.account(user_name).await?.filter(|account| !account.disabled);
        let employee = account.as_ref().map(|account| account.employee.id);
        let finding = self.find_again(account, pin, codes);
        self.guarded(address.into(), (user_name, employee), finding).await
    }

    async fn find_again(
        &self,
        account: Option<AccountRow>,
        pin: Pin,
        codes: &CodePair,
    ) -> Result<(), SignInError> {
        let employee = account.as_ref().map(|account| account.employee.id);
        let token = match employee {
            Some(employee) => self.store.token(employee, Standing::InUse).await?,
            None => None,
        };
        // A code for one shift has no clock.
        let token = token.filter(|token| token.until.is_none());
        let pin = judge_pin(account.map(|account| account.pin), pin).await;
        let (Some(employee), Some(mut token)) = (employee, token) else {
            return Err(self.refused(employee, "wrong").await?);
        };
        for _ in 0..MOST_RACES {
            let now = self.time_for_codes(None, Some(employee)).await?;
            let generator = Generator::new(&token.seed, token.parameters);
            let (state, found) = match token.state.resynchronise(&generator, codes, pin, now) {
                ResyncOutcome::Resynchronised { state } => (state, true),
                ResyncOutcome::Wrong { state } => (state, false),
                ResyncOutcome::Wait { until } => {
                    self.refused(Some(employee), "waiting").await?;
                    let seconds = until.duration_since(now).as_secs() + 1;
                    return Err(SignInError::Wait { seconds });
                }
                ResyncOutcome::Locked => {
                    self.refused(Some(employee), "locked").await?;
                    return Err(SignInError::Locked);
                }
            };
            if self.store.save_token(burn(&token, state, now)).await? {
                if !found {
                    return Err(self.refused(Some(employee), "wrong").await?);
                }
                let word = TokenWord {
                    at: now,
                    token: token.id.0,
                    serial: token.serial.to_string(),
                    kind: token.kind,
                    what: "resynchronised".to_owned(),
                    employee: Some(employee),
                    in_place_of: None,
                    until: None,
                    by: Vec::new(),
                };
                self.journal.record(Entry::Token(Box::new(word))).await?;
                return Ok(());
            }
            let again = self.store.token(employee, Standing::InUse).await?;
            token = again.ok_or(SignInError::Refused)?;
        }
        Err(SignInError::Refused)
    }
}

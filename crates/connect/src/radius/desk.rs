//! One request that was believed: what was typed is handed to the sign-in, and what came of that becomes a reply.

use std::{str, sync::Arc};

use kinfold_domain::UserName;
use kinfold_radius::{Code, Kind, Packet, Reply, Secret};
use kinfold_service::{
    ports::{Clock, Entropy},
    sign_in::{Door, Passed, ShutError, SignIn, SignInError, Typed},
};
use tokio::sync::Semaphore;

use super::{
    challenges::{Challenges, Mark},
    clients::{Client, Clients},
    state::RadiusWatch,
};

/// PINs that are judged at a time: each takes tens of milliseconds of a core and 19 MiB.
const PROOFS: usize = 4;

/// One answer for whichever part was wrong.
const WRONG: &str = "The user name, PIN or code is not right, or the code was already used. Wait for the next code and try again.";
const LATE: &str = "The code came too late, or was sent twice. Sign in again.";
const NOT_PAP: &str = "This VPN must be set to PAP: ring your operator.";
const FAILED: &str = "Sign-in is not possible at present: ring your operator.";
const ASK: &str = "Enter the code that your token shows now.";

/// Judges requests.
pub(super) struct Desk {
    pub(super) clients: Clients,
    pub(super) challenges: Challenges,
    pub(super) watch: Arc<RadiusWatch>,
    pub(super) sign_in: Arc<SignIn>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    proofs: Semaphore,
}

/// What comes of a request.
enum Answer {
    Accept,
    Reject(String),
    Ask(Mark),
}

/// Who asks, and whom they name.
struct Asking<'a> {
    place: usize,
    client: &'a Client,
    user_name: UserName,
}

impl Desk {
    pub(super) fn new(
        (clients, challenges): (Clients, Challenges),
        watch: Arc<RadiusWatch>,
        sign_in: Arc<SignIn>,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
    ) -> Self {
        let proofs = Semaphore::new(PROOFS);
        Self { clients, challenges, watch, sign_in, clock, entropy, proofs }
    }

    /// The reply to an Access-Request of the client at `place`.
    pub(super) async fn reply(&self, place: usize, request: &Packet, secret: &Secret) -> Reply {
        let answer = match self.clients.get(place) {
            Some(client) => self.judge((place, client), request, secret).await,
            None => Ok(Answer::Reject(FAILED.to_owned())),
        };
        let answer = answer.unwrap_or_else(|error| Answer::Reject(words(&error)));
        self.watch.of(place, |client| match &answer {
            Answer::Accept => client.accepted += 1,
            Answer::Reject(_) => client.refused += 1,
            Answer::Ask(_) => client.challenged += 1,
        });
        match answer {
            Answer::Accept => Reply::new(Code::AccessAccept),
            Answer::Reject(words) => Reply::new(Code::AccessReject).message(&words),
            Answer::Ask(mark) => Reply::new(Code::AccessChallenge).message(ASK).state(&mark),
        }
    }

    async fn judge(
        &self,
        (place, client): (usize, &Client),
        request: &Packet,
        secret: &Secret,
    ) -> Result<Answer, ShutError> {
        let door = &client.door;
        let Some(user_name) = user_name(request) else {
            return self.turn_away(door, None, ("wrong", WRONG)).await;
        };
        let Some(typed) = request.password(secret) else {
            return self.turn_away(door, Some(&user_name), ("not-pap", NOT_PAP)).await;
        };
        let asking = Asking { place, client, user_name };
        let typed = str::from_utf8(&typed).unwrap_or_default();
        match request.first(Kind::STATE) {
            Some(mark) => self.judge_code(asking, mark, typed).await,
            None => self.judge_typed(asking, typed).await,
        }
    }

    /// The answer to a challenge.
    async fn judge_code(
        &self,
        asking: Asking<'_>,
        mark: &[u8],
        typed: &str,
    ) -> Result<Answer, ShutError> {
        let Asking { place, client, user_name } = &asking;
        let Some(pin) = self.challenges.take(mark, *place, user_name) else {
            return self.turn_away(&client.door, Some(user_name), ("late", LATE)).await;
        };
        let Ok(code) = typed.parse() else {
            return self.turn_away(&client.door, Some(user_name), ("wrong", WRONG)).await;
        };
        self.admit(&asking, Passed::Apart(pin, code)).await
    }

    async fn judge_typed(&self, asking: Asking<'_>, typed: &str) -> Result<Answer, ShutError> {
        match typed.parse() {
            Ok(Typed::Joined(joined)) => self.admit(&asking, Passed::Joined(joined)).await,
            Ok(Typed::Pin(pin)) if asking.client.challenge => {
                let mut mark = Mark::default();
                self.entropy.fill(&mut mark);
                self.challenges.ask(mark, asking.place, asking.user_name, pin);
                Ok(Answer::Ask(mark))
            }
            Ok(Typed::Pin(_)) | Err(_) => {
                let Asking { client, user_name, .. } = &asking;
                self.turn_away(&client.door, Some(user_name), ("wrong", WRONG)).await
            }
        }
    }

    async fn admit(&self, asking: &Asking<'_>, passed: Passed) -> Result<Answer, ShutError> {
        // Never closed.
        let _turn = self.proofs.acquire().await;
        self.sign_in.admit(&asking.client.door, &asking.user_name, passed).await?;
        Ok(Answer::Accept)
    }

    async fn turn_away(
        &self,
        door: &Door,
        user_name: Option<&UserName>,
        (why, words): (&'static str, &str),
    ) -> Result<Answer, ShutError> {
        self.sign_in.turn_away(door, user_name, why).await?;
        Ok(Answer::Reject(words.to_owned()))
    }
}

/// A user name as people type it: in capitals, too.
fn user_name(request: &Packet) -> Option<UserName> {
    let typed = str::from_utf8(request.first(Kind::USER_NAME)?).ok()?;
    typed.trim().to_lowercase().parse().ok()
}

/// What whoever wants in is told.
fn words(error: &ShutError) -> String {
    match error {
        ShutError::SignIn(SignInError::Refused) => WRONG.to_owned(),
        ShutError::SignIn(
            SignInError::Wait { .. }
            | SignInError::Locked
            | SignInError::Clock(_)
            | SignInError::GivenPin,
        )
        | ShutError::Role => {
            let words = error.to_string();
            let (first, rest) = words.split_at_checked(1).unwrap_or_default();
            format!("{}{rest}.", first.to_uppercase())
        }
        ShutError::SignIn(failure) => {
            tracing::error!(%failure, "nobody can sign in over RADIUS");
            FAILED.to_owned()
        }
    }
}

//! The way to the provider: what is asked, and for whom.

use std::sync::Arc;

use kinfold_oidc::{Asked, Refusal, Trouble};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{
    links::Links,
    questions::{Awaited, Mark, Questions, SteppingUp},
    step_ups::StepUps,
};
use crate::{
    caller::Caller,
    journal::JournalError,
    ports::{IdentityProvider, PortError},
    sign_in::{SessionSecret, SignInError, StepUp},
};

/// Requests to the provider at a time; who comes then waits.
const AT_ONCE: usize = 16;

/// Why a sign-in at the provider opened nothing. The texts are for whoever wanted in.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// This node has none.
    #[error("this node has no identity provider: use your PIN and a code, or a passkey")]
    NotHere,
    /// It can't be asked, or refuses this node: an operator reads why in the log.
    #[error(
        "{name} can not be used now: use your PIN and a code, or a passkey, and tell your IT operator"
    )]
    Away {
        /// What employees call it.
        name: String,
    },
    /// It says that it let nobody in.
    #[error(
        "{name} did not let you in, or you stopped there: try again, or use your PIN and a code"
    )]
    Declined {
        /// What employees call it.
        name: String,
    },
    /// What came back is not believed: why is not said.
    #[error("that sign-in could not be believed: try again, or use your PIN and a code")]
    Refused,
    /// One factor, or another that is not enough.
    #[error(
        "{name} did not make sure of you in a way that is enough here: sign in there with your smartcard, security key or authenticator, not with a \
         password alone"
    )]
    TooWeak {
        /// What employees call it.
        name: String,
    },
    /// They proved themselves there too long ago.
    #[error(
        "you proved yourself at {name} too long ago: sign out there and try again, or use your PIN and a code"
    )]
    TooOld {
        /// What employees call it.
        name: String,
    },
    /// Nobody's, or that of somebody who may not sign in: one answer for both.
    #[error(
        "nobody here is linked to whoever signed in at {name}: ask your IT operator to link your account, or use your PIN and a code"
    )]
    NotLinked {
        /// What employees call it.
        name: String,
    },
    /// Nothing is awaited.
    #[error("that took too long, or was sent twice: try again")]
    Over,
    /// Sessions.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] JournalError),
    /// The store.
    #[error(transparent)]
    Store(#[from] PortError),
}

/// Where a browser is sent, and by what it is known again.
pub struct Going {
    /// The provider's address with the question.
    pub address: String,
    /// For a cookie: 32 random bytes, hex.
    pub mark: Zeroizing<String>,
}

/// What signing in at a provider works with.
pub struct OutsideParts {
    /// The provider, where there is one.
    pub provider: Option<Arc<dyn IdentityProvider>>,
    /// Which employee somebody is; it brings the rest.
    pub links: Arc<Links>,
}

/// Lets people in whom an identity provider has made sure of.
pub struct OutsideSignIn {
    provider: Option<Arc<dyn IdentityProvider>>,
    pub(super) links: Arc<Links>,
    pub(super) questions: Mutex<Questions>,
    pub(super) step_ups: Mutex<StepUps>,
    pub(super) turns: Semaphore,
}

impl OutsideSignIn {
    /// Over these parts.
    pub fn new(OutsideParts { provider, links }: OutsideParts) -> Self {
        let turns = Semaphore::new(AT_ONCE);
        let (questions, step_ups) = (Mutex::default(), Mutex::default());
        Self { provider, links, questions, step_ups, turns }
    }

    /// What employees call the provider, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.name())
    }

    /// The provider's address, if there is one.
    pub fn issuer(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.issuer())
    }

    /// Begins a sign-in. Nobody names themselves before, so nothing is told of who has an account here.
    pub async fn ask(&self) -> Result<Going, OutsideError> {
        self.begin(Awaited::SignIn, Asked::new).await
    }

    /// Begins the unlocking of a session by its own employee.
    pub async fn ask_unlock(&self, secret: &SessionSecret) -> Result<Going, OutsideError> {
        self.links.parts.sign_in.standing(secret).await?;
        self.begin(|asked| Awaited::Unlock(secret.clone(), asked), Asked::new).await
    }

    /// Begins a step-up of the employee of an open session, who proves themselves there anew whatever the settings say. `handle`: what the
    /// page that asks is to know again.
    pub async fn ask_step_up(
        &self,
        caller: &Caller,
        what: StepUp,
        handle: &str,
    ) -> Result<Going, OutsideError> {
        let (session, handle) = (caller.session(), handle.to_owned());
        let now = self.links.parts.clock.now();
        let stepping = SteppingUp { session, what, handle };
        let anew = |draws| Asked::anew(draws, now);
        self.begin(|asked| Awaited::StepUp(stepping, asked), anew).await
    }

    async fn begin(
        &self,
        what: impl FnOnce(Asked) -> Awaited,
        asked: impl FnOnce([[u8; 32]; 3]) -> Asked,
    ) -> Result<Going, OutsideError> {
        let provider = self.provider()?;
        let entropy = &self.links.parts.entropy;
        let asked = asked([entropy.bytes32(), entropy.bytes32(), entropy.bytes32()]);
        let mark: Mark = entropy.bytes32();
        let _turn = self.turns.acquire().await;
        let now = self.links.parts.clock.now();
        let address = provider.ask(&asked, now).await;
        let address = address.map_err(|trouble| Self::told(&**provider, &trouble))?;
        self.questions.lock().put(mark, now, what(asked));
        Ok(Going { address, mark: Zeroizing::new(hex::encode(mark)) })
    }

    pub(super) fn provider(&self) -> Result<&Arc<dyn IdentityProvider>, OutsideError> {
        self.provider.as_ref().ok_or(OutsideError::NotHere)
    }

    /// What whoever wanted in is told. What an operator has to see to is logged here.
    pub(super) fn told(provider: &dyn IdentityProvider, trouble: &Trouble) -> OutsideError {
        let name = provider.name().to_owned();
        match trouble {
            Trouble::Away(_) | Trouble::Misconfigured(_) => {
                tracing::error!(error = %trouble, "nobody can sign in at the identity provider");
                OutsideError::Away { name }
            }
            Trouble::Refused(Refusal::Acr | Refusal::Amr | Refusal::Claim) => {
                OutsideError::TooWeak { name }
            }
            Trouble::Refused(Refusal::AuthTime) => OutsideError::TooOld { name },
            Trouble::Refused(_) => OutsideError::Refused,
        }
    }
}

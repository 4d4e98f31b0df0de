//! Smart tokens: RFC 6238 codes at a step of eight seconds, and the judgement of what people type.
//!
//! Everything here is arithmetic on values that the caller holds. [`TokenState::check`] takes the
//! stored state, the seed, the typed code, the judged PIN and the time, and answers with the state
//! to store next; who owns the token, where its state lives and what is said on screen is the
//! caller's affair.
//!
//! ```text
//! otpauth → Seed + TokenParameters → Generator ┐
//! Code, PinVerdict, Timestamp, Profile → Attempt ┼→ TokenState::check → Outcome { state, … }
//! stored TokenState ─────────────────────────────┘
//! ```
//!
//! Architecture invariant: this crate knows no person, no storage, no network, no clock and no
//! randomness. Time, salts and seeds are arguments; it depends on no other Kinfold crate.
//!
//! Architecture invariant: an [`Outcome`] may be told to anybody only once its state has been
//! stored by compare-and-swap on [`TokenState::version`]. Otherwise two calls at the same moment
//! could spend one code twice, or count two guesses as one.

mod base32;
mod code;
mod common_pins;
mod drift;
mod emergency;
mod enrolment;
mod life;
mod otpauth;
mod parameters;
mod pin;
mod pin_hash;
mod resync;
mod seed;
mod serial;
mod sheet;
mod state;
mod throttle;
mod totp;
mod window;

pub use code::{Code, CodeError};
pub use drift::{Drift, DriftError};
pub use emergency::{EmergencyCode, EmergencyCodeError};
pub use enrolment::{EnrolmentOutcome, confirm_enrolment, confirm_first_use};
pub use life::{FoundAs, Happening, Kind, NotNow, Standing};
pub use otpauth::{OtpauthError, OtpauthUri};
pub use parameters::{Algorithm, Digits, Step, StepNumber, TokenParameters, UnsupportedParameter};
pub use pin::{ChosenPin, Pin, PinError, PinRefusal};
pub use pin_hash::{PIN_SALT_LEN, PinHash, PinHashError, PinVerdict};
pub use resync::{CodePair, ResyncOutcome};
pub use seed::{Seed, SeedError};
pub use serial::{Serial, SerialError};
pub use sheet::{EmergencyAttempt, EmergencyOutcome, EmergencySheet};
pub use state::{Attempt, Outcome, TokenState};
pub use throttle::{Gate, Lock, Misses};
pub use totp::Generator;
pub use window::Profile;

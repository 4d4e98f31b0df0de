//! A hardware security module, spoken to by PKCS#11. An AES key that never leaves it encrypts the key file `seeds.key`: folder and
//! database together open nothing without the module. It is asked at a start and when the key is replaced or moved, never for a sign-in.

use anyhow::{Context, bail, ensure};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    mechanism::{Mechanism, aead::GcmParams},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use parking_lot::Mutex;
use zeroize::Zeroizing;

use super::keys::read_secret;
use crate::config::Pkcs11Config;

/// A process has one connection to a module's library: whoever ends it ends it for all.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What an encrypted key is for, so that no other file takes its place.
const PURPOSE: &[u8] = b"kinfold seeds.key 1";
const NONCE: usize = 12;
const TAG_BITS: u64 = 128;
/// How an encrypted key's file begins; then nonce, ciphertext and tag as hexadecimal digits, and the label of the module's key.
const BEGINS: &str = "pkcs11:1:";

/// The module that the configuration names.
pub(crate) struct Hsm(Pkcs11Config);

/// A key as its file says it: encrypted under the key of that label.
pub(crate) struct Wrapped {
    sealed: Vec<u8>,
    label: String,
}

impl Wrapped {
    /// Reads a key file's text; `None` where it is no encrypted key.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Option<Self>> {
        let Some(rest) = text.strip_prefix(BEGINS) else { return Ok(None) };
        let (sealed, label) = rest.split_once(':').context("an encrypted key names no label")?;
        let sealed = hex::decode(sealed).context("an encrypted key is not hexadecimal")?;
        Ok(Some(Self { sealed, label: label.to_owned() }))
    }

    /// The key file's text.
    pub(crate) fn text(&self) -> String {
        format!("{BEGINS}{}:{}", hex::encode(&self.sealed), self.label)
    }
}

impl Hsm {
    pub(crate) const fn new(terms: Pkcs11Config) -> Self {
        Self(terms)
    }

    /// Encrypts a key under the module's own, which is made where there is none.
    pub(crate) fn wrap(&self, key: &[u8; 32]) -> anyhow::Result<Wrapped> {
        let label = &self.0.label;
        let sealed = self.in_session(|session| {
            let own = match find(session, label)? {
                Some(own) => own,
                None => make(session, label)?,
            };
            stays_inside(session, own, label)?;
            // Some modules choose the nonce themselves and write it here.
            let mut nonce = [0; NONCE];
            session.generate_random_slice(&mut nonce)?;
            let terms = GcmParams::new(&mut nonce, PURPOSE, TAG_BITS.into())?;
            let sealed = session.encrypt(&Mechanism::AesGcm(terms), own, key)?;
            Ok([&nonce, sealed.as_slice()].concat())
        })?;
        Ok(Wrapped { sealed, label: label.clone() })
    }

    /// Decrypts a key.
    pub(crate) fn unwrap(&self, wrapped: &Wrapped) -> anyhow::Result<Zeroizing<[u8; 32]>> {
        let Wrapped { sealed, label } = wrapped;
        let (nonce, sealed) =
            sealed.split_at_checked(NONCE).context("an encrypted key is too short")?;
        let key = self.in_session(|session| {
            let own = find(session, label)?;
            let own = own.with_context(|| format!("the module has no AES key labelled {label}"))?;
            let mut nonce = nonce.to_vec();
            let terms = GcmParams::new(&mut nonce, PURPOSE, TAG_BITS.into())?;
            let opened = session.decrypt(&Mechanism::AesGcm(terms), own, sealed);
            let opened = opened.with_context(|| {
                format!(
                    "the module's key labelled {label} is another one, or the key file was altered"
                )
            });
            Ok(Zeroizing::new(opened?))
        })?;
        let mut bytes = Zeroizing::new([0; 32]);
        ensure!(key.len() == bytes.len(), "an encrypted key is not 32 bytes long");
        bytes.copy_from_slice(&key);
        Ok(bytes)
    }

    /// Whether the module can be used.
    pub(crate) fn answers(&self) -> anyhow::Result<()> {
        self.in_session(|_| Ok(()))
    }

    /// Opens the module anew each time: one that was away and came back needs no restart.
    fn in_session<T>(&self, work: impl FnOnce(&Session) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let Pkcs11Config { module, token, .. } = &self.0;
        let _one = ONE_AT_A_TIME.lock();
        let library = Pkcs11::new(module)
            .with_context(|| format!("the PKCS#11 module {} can't be loaded", module.display()))?;
        library
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .with_context(|| format!("the PKCS#11 module {} does not start", module.display()))?;
        let done = self.signed_in(&library).and_then(|session| work(&session));
        let ended = library.finalize().context("the PKCS#11 module does not end");
        let done =
            done.with_context(|| format!("the security module's token {token} can't be used"))?;
        ended?;
        Ok(done)
    }

    fn signed_in(&self, library: &Pkcs11) -> anyhow::Result<Session> {
        let pin = read_secret(&self.0.pin_file)?;
        for slot in library.get_slots_with_initialized_token()? {
            if library.get_token_info(slot)?.label().trim_end() == self.0.token {
                let session = library.open_rw_session(slot)?;
                let pin = AuthPin::new(pin.trim().into());
                session.login(UserType::User, Some(&pin)).context("it refuses the PIN")?;
                return Ok(session);
            }
        }
        bail!("there is no such token: is the module switched on and reachable?")
    }
}

fn aes(label: &str) -> [Attribute; 3] {
    [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Label(label.into()),
    ]
}

fn find(session: &Session, label: &str) -> anyhow::Result<Option<ObjectHandle>> {
    let found = session.find_objects(&aes(label))?;
    ensure!(found.len() < 2, "several AES keys are labelled {label}: give one another label");
    Ok(found.first().copied())
}

/// Makes a key that the module never hands out.
fn make(session: &Session, label: &str) -> anyhow::Result<ObjectHandle> {
    let terms = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Encrypt(true),
        Attribute::Decrypt(true),
        Attribute::ValueLen(32.into()),
        Attribute::Label(label.into()),
    ];
    Ok(session.generate_key(&Mechanism::AesKeyGen, &terms)?)
}

fn stays_inside(session: &Session, key: ObjectHandle, label: &str) -> anyhow::Result<()> {
    let known =
        session.get_attributes(key, &[AttributeType::Sensitive, AttributeType::Extractable])?;
    let inside = known.contains(&Attribute::Sensitive(true))
        && known.contains(&Attribute::Extractable(false));
    ensure!(
        inside,
        "the key labelled {label} can leave the module: name another label, and one is made"
    );
    Ok(())
}

//! A packet whose lengths agree (RFC 2865 sections 3 and 5).

use crate::{NotAuthentic, Secret, authenticator, password};
use zeroize::Zeroizing;

/// The shortest packet: a header alone.
pub const MIN_LENGTH: usize = 20;
/// The longest packet.
pub const MAX_LENGTH: usize = 4096;

/// What a packet is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Code {
    /// Somebody wants in.
    AccessRequest,
    /// They may.
    AccessAccept,
    /// They may not.
    AccessReject,
    /// They are asked for more.
    AccessChallenge,
    /// A client asks whether this server is there (RFC 5997).
    StatusServer,
    /// Anything else: accounting, changes of authorisation.
    Other(u8),
}

impl Code {
    /// From its octet.
    pub const fn new(octet: u8) -> Self {
        match octet {
            1 => Self::AccessRequest,
            2 => Self::AccessAccept,
            3 => Self::AccessReject,
            11 => Self::AccessChallenge,
            12 => Self::StatusServer,
            other => Self::Other(other),
        }
    }

    /// Its octet.
    pub const fn octet(self) -> u8 {
        match self {
            Self::AccessRequest => 1,
            Self::AccessAccept => 2,
            Self::AccessReject => 3,
            Self::AccessChallenge => 11,
            Self::StatusServer => 12,
            Self::Other(octet) => octet,
        }
    }
}

/// What an attribute is: its number at IANA.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kind(pub u8);

impl Kind {
    /// Who wants in.
    pub const USER_NAME: Self = Self(1);
    /// What they typed, hidden.
    pub const USER_PASSWORD: Self = Self(2);
    /// What whoever wants in is to read.
    pub const REPLY_MESSAGE: Self = Self(18);
    /// Which challenge is answered.
    pub const STATE: Self = Self(24);
    /// A proxy's own mark, handed back as it came.
    pub const PROXY_STATE: Self = Self(33);
    /// HMAC-MD5 over the packet (RFC 3579 section 3.2).
    pub const MESSAGE_AUTHENTICATOR: Self = Self(80);
}

/// One attribute.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Attribute<'a> {
    /// What it is.
    pub kind: Kind,
    /// Up to 253 octets.
    pub value: &'a [u8],
}

/// Why octets are no packet. Nothing of them is repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// Fewer than 20 octets, or fewer than the length field says.
    #[error("the packet is cut off")]
    Cut,
    /// The length field says less than 20 or more than 4096.
    #[error("the packet's length lies outside 20 to 4096")]
    Length,
    /// An attribute's length doesn't fit.
    #[error("an attribute's length doesn't fit the packet")]
    Attribute,
}

/// A packet whose lengths agree: nothing is believed yet of what it says.
#[derive(Clone)]
pub struct Packet(Vec<u8>);

impl Packet {
    /// Reads a packet; octets beyond its length are padding (RFC 2865 section 3).
    pub fn parse(octets: &[u8]) -> Result<Self, Malformed> {
        let head = octets.first_chunk::<4>().ok_or(Malformed::Cut)?;
        let whole = octets.get(..Self::length(*head)?).ok_or(Malformed::Cut)?;
        let mut rest = whole.get(MIN_LENGTH..).unwrap_or_default();
        while !rest.is_empty() {
            let length = rest.get(1).copied().map_or(0, usize::from);
            let fits = length >= 2 && length <= rest.len();
            rest = rest.get(length..).filter(|_| fits).ok_or(Malformed::Attribute)?;
        }
        Ok(Self(whole.to_vec()))
    }

    /// How many octets a packet has that begins so: what a stream is cut by.
    pub fn length(head: [u8; 4]) -> Result<usize, Malformed> {
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if (MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            Ok(length)
        } else {
            Err(Malformed::Length)
        }
    }

    /// What it is.
    pub fn code(&self) -> Code {
        Code::new(self.0[0])
    }

    /// Joins a reply to its request.
    pub fn identifier(&self) -> u8 {
        self.0[1]
    }

    /// A request's own 16 random octets; in a reply what signs it.
    pub fn authenticator(&self) -> [u8; 16] {
        let mut authenticator = [0; 16];
        authenticator.copy_from_slice(&self.0[4..MIN_LENGTH]);
        authenticator
    }

    /// The octets, without padding.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// Its attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.placed().map(|(_, attribute)| attribute)
    }

    /// The first attribute of a kind.
    pub fn first(&self, kind: Kind) -> Option<&[u8]> {
        self.attributes().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value)
    }

    /// Whether the Message-Authenticator of a request is right. Ask before anything else is believed.
    pub fn authenticate(&self, secret: &Secret) -> Result<(), NotAuthentic> {
        authenticator::check(self, self.authenticator(), secret)
    }

    /// What was typed: RFC 2865 section 5.2 undone. `None` where there is none, or more than one, or it has no possible length.
    pub fn password(&self, secret: &Secret) -> Option<Zeroizing<Vec<u8>>> {
        let mut hidden = self.attributes().filter(|known| known.kind == Kind::USER_PASSWORD);
        let only = hidden.next().filter(|_| hidden.next().is_none())?;
        password::reveal(only.value, secret, self.authenticator())
    }

    /// Attributes with where their values begin.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (usize, Attribute<'_>)> {
        let mut at = MIN_LENGTH;
        std::iter::from_fn(move || {
            let [kind, length, ..] = *self.0.get(at..)? else { return None };
            let value = self.0.get(at + 2..at + usize::from(length))?;
            let place = at + 2;
            at += usize::from(length);
            Some((place, Attribute { kind: Kind(kind), value }))
        })
    }
}

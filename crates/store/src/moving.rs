//! A whole store on its way from one database to another: rows as they stand, sealed as they are.

use async_trait::async_trait;
use kinfold_service::ports::PortError;
use tokio::sync::mpsc;

/// Every table of a store, those that others refer to first.
pub const TABLES: [&str; 26] = [
    "store_key",
    "account",
    "token",
    "token_order",
    "passkey",
    "emergency_sheet",
    "identity_link",
    "session",
    "person",
    "rejected",
    "source_progress",
    "register_change",
    "register_head",
    "amendment",
    "message",
    "hospital_sender",
    "work_item",
    "work_item_key",
    "notification",
    "look",
    "look_key",
    "followed",
    "delivered",
    "agreement",
    "active",
    "revocation",
];

/// One value of a row, of the types that the engines share.
#[derive(Clone, PartialEq)]
pub enum Cell {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`.
    Number(Option<i64>),
    /// `BOOLEAN`.
    Truth(Option<bool>),
    /// `BLOB`, `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

/// What is handed over.
pub enum Moved {
    /// A row: of which table, and its values by column.
    Row(&'static str, Vec<(String, Cell)>),
    /// That was all. Without it nothing is kept.
    End,
}

/// Moving a store.
#[async_trait]
pub trait Movable: Send + Sync {
    /// Hands over every row of one moment, table by table, as [`TABLES`] orders them.
    async fn hand_over(&self, to: mpsc::Sender<Moved>) -> Result<(), PortError>;

    /// Takes everything in, or nothing; how many rows. Refused where anything but the keys' known texts stands already.
    async fn take_in(&self, from: mpsc::Receiver<Moved>) -> Result<u64, PortError>;
}

//! What is wrong with a message that was taken.

/// Why a message can't be read: it is kept as work for somebody, and answered `AE`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A second MSH.
    #[error("a second MSH stands in this message: send each message in a frame of its own")]
    SeveralMessages,
    /// A segment that is read is longer than any that makes sense.
    #[error("{0} is longer than 65536 bytes: send attachments in other segments, or not at all")]
    SegmentTooLong(&'static str),
    /// No PID.
    #[error("PID is missing: send it with the patient's number in PID-3")]
    NoPatient,
    /// Several PIDs.
    #[error("PID stands here more than once: send one message for each patient")]
    SeveralPatients,
    /// Neither PID-3 nor PID-2 names a number.
    #[error("PID-3 has no patient number: send the hospital's own one, with type MR or PI")]
    NoPatientNumber,
    /// An A40 whose MRG names no number, or the patient's own.
    #[error("MRG-1 has no number other than the patient's: send the number that is no longer used")]
    NothingMerged,
}

/// A value that can't be read in a message that counts all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Omission {
    /// PID-3: no valid NHS number.
    #[error(
        "PID-3: the NHS number is not valid and was left out; correct it in the hospital's system"
    )]
    NhsNumber,
    /// PID-5: no legible name.
    #[error(
        "PID-5: the name can't be read and was left out; a part has control characters or more than 100 letters"
    )]
    Name,
    /// PID-7: no date, or one that nobody alive was born on.
    #[error("PID-7: this is no date of birth, written YYYYMMDD, and was left out")]
    BirthDate,
    /// PID-11: no UK postcode.
    #[error("PID-11: the postcode can't be read and was left out; it looks like S60 1AA")]
    Postcode,
    /// PV1-44.
    #[error("PV1-44: this is no time, written YYYYMMDDHHMM, up to now, and was left out")]
    Arrival,
    /// PV1-45.
    #[error("PV1-45: this is no time, written YYYYMMDDHHMM, up to now, and was left out")]
    Departure,
    /// EVN-2, EVN-6 and MSH-7.
    #[error(
        "EVN-2: no time up to now stands there, in EVN-6 or MSH-7; the time of receipt was taken"
    )]
    EventTime,
}

/// A code of HL7 table 0357 with its text, and the place: segment and field.
pub(super) type Coded = ((u16, &'static str), (&'static str, u8));

pub(super) const SEQUENCE: (u16, &str) = (100, "Segment sequence error");
pub(super) const REQUIRED: (u16, &str) = (101, "Required field missing");
pub(super) const DATA_TYPE: (u16, &str) = (102, "Data type error");

impl Fault {
    pub(super) const fn coded(self) -> Coded {
        match self {
            Self::SeveralMessages => (SEQUENCE, ("MSH", 0)),
            Self::SegmentTooLong(segment) => (DATA_TYPE, (segment, 0)),
            Self::NoPatient | Self::SeveralPatients => (SEQUENCE, ("PID", 0)),
            Self::NoPatientNumber => (REQUIRED, ("PID", 3)),
            Self::NothingMerged => (REQUIRED, ("MRG", 1)),
        }
    }
}

//! Telephone numbers from the ranges that Ofcom keeps for drama: nobody answers them.

/// A landline: 01632 960000 to 960999.
pub(crate) fn landline(serial: usize) -> String {
    format!("01632 960{:03}", serial % 1000)
}

/// A mobile: 07700 900000 to 900999.
pub(crate) fn mobile(serial: usize) -> String {
    format!("07700 900{:03}", serial % 1000)
}

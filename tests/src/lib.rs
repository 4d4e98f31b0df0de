//! Whole stories over real nodes.

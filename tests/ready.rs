//! `jobc ready`: can the nodes get what jobs need?

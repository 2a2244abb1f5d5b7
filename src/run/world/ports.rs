//! Ports of this machine for a task: free ones for those that need a number, and whether those that
//! have one are free.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use crate::diagnostic::MachineError;

/// Why a task does not get its ports.
#[derive(Debug)]
pub enum PortTrouble {
    /// Another process listens there.
    InUse(String, u16),
    /// This user may not listen there.
    Forbidden(String, u16),
    /// The machine has none.
    Machine(MachineError),
}

/// A free port for each of `open`, no two the same, and none that is `fixed`.
///
/// # Errors
/// A trouble for each of those that are fixed and cannot be had, or one if there is no port.
pub fn allocate(
    open: &BTreeSet<String>,
    fixed: &BTreeMap<u16, String>,
) -> Result<BTreeMap<String, u16>, Vec<PortTrouble>> {
    let mut held = Vec::new();
    let mut troubles = Vec::new();
    for (&number, name) in fixed {
        match listen(number) {
            Ok(listener) => held.push(listener),
            Err(error) => troubles.push(match error.kind() {
                io::ErrorKind::AddrInUse => PortTrouble::InUse(name.clone(), number),
                io::ErrorKind::PermissionDenied => PortTrouble::Forbidden(name.clone(), number),
                _ => PortTrouble::Machine(MachineError::new(
                    format!("cannot use port `{name}`, {number}"),
                    error,
                )),
            }),
        }
    }
    let mut ports = BTreeMap::new();
    for name in open {
        let bound = listen(0).and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        match bound {
            Ok((port, listener)) => {
                held.push(listener);
                ports.insert(name.clone(), port);
            }
            Err(error) => {
                let error = MachineError::new(format!("cannot find a port `{name}`"), error);
                troubles.push(PortTrouble::Machine(error));
                break;
            }
        }
    }
    if troubles.is_empty() {
        Ok(ports)
    } else {
        Err(troubles)
    }
}

/// Listens on all addresses of the machine. Whether another listens on those of IPv6 alone is found
/// out first.
fn listen(port: u16) -> io::Result<TcpListener> {
    if port != 0
        && let Err(error) = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port))
        && error.kind() == io::ErrorKind::AddrInUse
    {
        return Err(error);
    }
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))
}

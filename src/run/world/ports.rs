//! Ports of this machine for jobs: free ones for those that need a number, and whether those that
//! have one are free.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use crate::diagnostic::MachineError;

/// The ports that one job of a run is to get.
#[derive(Debug, Clone, Copy)]
pub struct PortRequest<'p> {
    /// Those that need a number.
    pub open: &'p BTreeSet<String>,
    /// The numbers that it has to have, with the names.
    pub fixed: &'p BTreeMap<u16, String>,
    /// The numbers that open ones are to have if nothing else has them.
    pub wanted: &'p BTreeMap<String, u16>,
}

/// The numbers of ports, which nobody else gets before this is dropped.
#[derive(Debug)]
pub struct Allocated {
    /// Those of the open ports of each job.
    pub numbers: Vec<BTreeMap<String, u16>>,
    /// What listens there meanwhile.
    _held: Vec<TcpListener>,
}

/// Why a job does not get its ports.
#[derive(Debug)]
pub enum PortTrouble {
    /// Another process listens there.
    InUse(String, u16),
    /// A port of another job of the run has the number: which job, by its place, and which port.
    Taken(String, u16, usize, String),
    /// This user may not listen there.
    Forbidden(String, u16),
    /// The machine has none.
    Machine(MachineError),
}

/// A free port for each open one, no two the same, and none that is fixed: if it can be the one that is
/// wanted, and of jobs that want the same that of the first.
///
/// # Errors
/// A trouble for each of those that are fixed and cannot be had, with its job, or one if there is no port.
pub fn allocate(requests: &[PortRequest<'_>]) -> Result<Allocated, Vec<(usize, PortTrouble)>> {
    let mut held = Vec::new();
    let mut troubles = Vec::new();
    let mut fixed: BTreeMap<u16, (usize, &String)> = BTreeMap::new();
    for (job, request) in requests.iter().enumerate() {
        for (&number, name) in request.fixed {
            if let Some(&(other, its)) = fixed.get(&number) {
                let trouble = PortTrouble::Taken(name.clone(), number, other, its.clone());
                troubles.push((job, trouble));
                continue;
            }
            fixed.insert(number, (job, name));
            match listen(number) {
                Ok(listener) => held.push(listener),
                Err(error) => troubles.push((job, trouble(name, number, error))),
            }
        }
    }
    let mut numbers = vec![BTreeMap::new(); requests.len()];
    for (job, request) in requests.iter().enumerate() {
        for name in request.open {
            if let Some(&number) = request.wanted.get(name)
                && number > 0
                && let Ok(listener) = listen(number)
            {
                held.push(listener);
                numbers[job].insert(name.clone(), number);
            }
        }
    }
    'jobs: for (job, request) in requests.iter().enumerate() {
        for name in request.open {
            if numbers[job].contains_key(name) {
                continue;
            }
            let bound =
                listen(0).and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
            match bound {
                Ok((number, listener)) => {
                    held.push(listener);
                    numbers[job].insert(name.clone(), number);
                }
                Err(error) => {
                    let error = MachineError::new(format!("cannot find a port `{name}`"), error);
                    troubles.push((job, PortTrouble::Machine(error)));
                    break 'jobs;
                }
            }
        }
    }
    if troubles.is_empty() {
        Ok(Allocated {
            numbers,
            _held: held,
        })
    } else {
        Err(troubles)
    }
}

fn trouble(name: &str, number: u16, error: io::Error) -> PortTrouble {
    match error.kind() {
        io::ErrorKind::AddrInUse => PortTrouble::InUse(name.to_owned(), number),
        io::ErrorKind::PermissionDenied => PortTrouble::Forbidden(name.to_owned(), number),
        _ => PortTrouble::Machine(MachineError::new(
            format!("cannot use port `{name}`, {number}"),
            error,
        )),
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

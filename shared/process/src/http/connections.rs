//! The open connections of a server, and who has to go when there are too many: whoever has been idle longest, of the peer that
//! has most connections, so that a new peer, and with it a probe, always finds a place. No peer has more than its share. The
//! same of the room for bodies: whoever announces one and does not send it gives way. Lock-guarded, touches nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

/// Connections beyond the limit that are taken for probes alone, while every other one is being worked for.
const RESERVED: usize = 8;
/// The part of all connections that one peer may have: one of so many.
const SHARE: usize = 4;

/// The connections that are open.
#[derive(Debug)]
pub(super) struct Connections {
    limit: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    last: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    peer: IpAddr,
    /// Whether a handler works on a request of it.
    is_working: bool,
    /// Since when it has been idle, or working.
    since: Instant,
    /// What was set aside for the body that is being read from it.
    room: usize,
    /// Closes it when it is dropped.
    _close: oneshot::Sender<()>,
}

/// The place of a connection, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    peer: IpAddr,
    is_reserved: bool,
    is_taken_over: bool,
    connections: Arc<Connections>,
}

/// A body is being read; the connection may have to make room for another one until this is dropped.
#[derive(Debug)]
pub(super) struct Reading<'a>(&'a Place);

/// A request is being worked on; its connection is not idle until this is dropped.
#[derive(Debug)]
pub(super) struct Work<'a>(&'a Place);

impl Connections {
    /// At most `limit` connections, and a few for probes.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            table: Mutex::default(),
        })
    }

    /// A place for a connection from `address`, and what ends when the place has to be given up. `None`: there is none, because
    /// all are being worked for.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<(Place, oneshot::Receiver<()>)> {
        let peer = peer(address);
        let mut table = self.lock();
        let own = table.open.values().filter(|open| open.peer == peer).count();
        let before = table.open.len();
        if own >= self.limit.div_ceil(SHARE) && !table.close_idle(|open| open.peer == peer) {
            return None;
        }
        let is_full = table.open.len() >= self.limit && !table.close_idle(|_| true);
        let is_taken_over = table.open.len() < before;
        if is_full && table.open.len() >= self.limit + RESERVED {
            return None;
        }
        let (close, closed) = oneshot::channel();
        table.last += 1;
        let id = table.last;
        let open = Open {
            peer,
            is_working: false,
            since: Instant::now(),
            room: 0,
            _close: close,
        };
        table.open.insert(id, open);
        let place = Place {
            id,
            peer,
            is_reserved: is_full,
            is_taken_over,
            connections: Arc::clone(self),
        };
        Some((place, closed))
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Closes a connection that is idle, of those that `is_meant`: of the peer that has most connections, the one that has been
    /// idle longest. `false`: there is none.
    fn close_idle(&mut self, is_meant: impl Fn(&Open) -> bool) -> bool {
        let owned = self.of_peers(|_| 1);
        let idle = self.open.iter().filter(|(_, open)| !open.is_working && is_meant(open));
        let next = idle.max_by_key(|(id, open)| (owned[&open.peer], Reverse((open.since, **id))));
        let next = next.map(|(id, _)| *id);
        next.and_then(|id| self.open.remove(&id)).is_some()
    }

    /// What all connections of each peer have together.
    fn of_peers(&self, amount: impl Fn(&Open) -> usize) -> BTreeMap<IpAddr, usize> {
        let mut sums = BTreeMap::new();
        for open in self.open.values() {
            *sums.entry(open.peer).or_default() += amount(open);
        }
        sums
    }

    /// Closes connections from which bodies are read, until `needed` of the room is given back: of the peer that has most of it,
    /// the one that has taken longest.
    fn close_reading(&mut self, mut needed: usize) {
        while needed > 0 {
            let rooms = self.of_peers(|open| open.room);
            let reading = self.open.iter().filter(|(_, open)| open.room > 0);
            let next = reading.max_by_key(|(id, open)| (rooms[&open.peer], Reverse((open.since, **id))));
            let Some(closed) = next.map(|(id, _)| *id).and_then(|id| self.open.remove(&id)) else {
                break;
            };
            needed = needed.saturating_sub(closed.room);
        }
    }
}

impl Place {
    /// Who has it.
    pub(super) const fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Whether it is for probes alone.
    pub(super) const fn is_reserved(&self) -> bool {
        self.is_reserved
    }

    /// Whether another connection had to go for it.
    pub(super) const fn is_taken_over(&self) -> bool {
        self.is_taken_over
    }

    /// Says that a request is being worked on.
    pub(super) fn work(&self) -> Work<'_> {
        self.mark(true);
        Work(self)
    }

    /// Says that a body is being read for which that much of the room was set aside.
    pub(super) fn read(&self, room: usize) -> Reading<'_> {
        self.set_aside(room);
        Reading(self)
    }

    /// Has others give back that much of the room, whose bodies are not there yet.
    pub(super) fn make_room(&self, needed: usize) {
        self.connections.lock().close_reading(needed);
    }

    fn set_aside(&self, room: usize) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.room = room;
            open.since = Instant::now();
        }
    }

    fn mark(&self, is_working: bool) {
        if let Some(open) = self.connections.lock().open.get_mut(&self.id) {
            open.is_working = is_working;
            open.since = Instant::now();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.lock().open.remove(&self.id);
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.set_aside(0);
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.mark(false);
    }
}

/// Who is behind an address. Whoever has one address of IPv6 has all of its network.
fn peer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn is_closed(closed: &mut oneshot::Receiver<()>) -> bool {
        !matches!(closed.try_recv(), Err(oneshot::error::TryRecvError::Empty))
    }

    #[test]
    fn who_has_been_idle_longest_makes_room() {
        let connections = Connections::new(2);
        let admitted = ["10.0.0.1", "10.0.0.2"].map(|peer| connections.admit(address(peer)).expect("room"));
        let [(first, mut first_closed), (second, mut second_closed)] = admitted;
        // Served, and so idle for a shorter time than the second.
        drop(first.work());
        let (third, mut third_closed) = connections.admit(address("10.0.0.3")).expect("room was made");
        assert!(!is_closed(&mut first_closed) && is_closed(&mut second_closed));
        drop(second);

        let _work = (first.work(), third.work());
        let (probe, _closed) = connections.admit(address("10.0.0.4")).expect("a place for probes");
        assert!(probe.is_reserved() && !third.is_reserved());
        assert!(!is_closed(&mut first_closed) && !is_closed(&mut third_closed));
        drop(third_closed);
    }

    #[test]
    fn who_has_most_connections_makes_room_first() {
        let connections = Connections::new(8);
        let (_first, mut first_closed) = connections.admit(address("10.0.0.9")).expect("room");
        let mut many: Vec<_> = (0..2).filter_map(|_| connections.admit(address("10.0.0.1"))).collect();
        let mut others: Vec<_> = (2..8)
            .filter_map(|number| connections.admit(IpAddr::from([10, 0, 0, number])))
            .collect();
        let closed = |peers: &mut Vec<(Place, oneshot::Receiver<()>)>| -> Vec<bool> {
            peers.iter_mut().map(|(_, closed)| is_closed(closed)).collect()
        };
        assert_eq!(
            (closed(&mut many), is_closed(&mut first_closed)),
            (vec![true, false], false)
        );
        assert_eq!(closed(&mut others), [false; 6]);
        // When all have the same, the oldest one goes.
        let _last = connections.admit(address("10.0.0.10")).expect("room");
        assert!(is_closed(&mut first_closed));
    }

    #[test]
    fn a_peer_only_takes_from_its_own_share() {
        let connections = Connections::new(8);
        let (_other, mut other_closed) = connections.admit(address("10.0.0.9")).expect("room");
        let mut greedy: Vec<_> = (0..20).filter_map(|_| connections.admit(address("10.0.0.1"))).collect();
        let open = greedy
            .iter_mut()
            .filter_map(|(_, closed)| (!is_closed(closed)).then_some(()))
            .count();
        assert_eq!((open, is_closed(&mut other_closed)), (2, false));
        let _work: Vec<_> = greedy.iter().map(|(place, _)| place.work()).collect();
        assert!(connections.admit(address("::ffff:10.0.0.1")).is_none());
        assert!(connections.admit(address("10.0.0.2")).is_some());
    }

    #[test]
    fn who_has_most_of_the_room_gives_it_back() {
        let connections = Connections::new(16);
        let admitted = ["10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.3"]
            .map(|peer| connections.admit(address(peer)).expect("room"));
        let mut closed = Vec::new();
        let places = admitted.map(|(place, ends)| {
            closed.push(ends);
            place
        });
        let mut reading: Vec<_> = places
            .iter()
            .zip([3, 2, 2, 9])
            .map(|(place, room)| place.read(room))
            .collect();
        // It has sent all of it.
        drop(reading.pop());
        let mut ended = || closed.iter_mut().map(is_closed).collect::<Vec<_>>();
        places[3].make_room(1);
        assert_eq!(ended(), [false, true, false, false]);
        places[3].make_room(4);
        assert_eq!(ended(), [true, true, true, false]);
        places[3].make_room(1);
        assert_eq!(ended(), [true, true, true, false]);
    }

    #[test]
    fn a_network_of_ipv6_is_one_peer() {
        assert_eq!(peer(address("2001:db8::1")), peer(address("2001:db8::ffff:1")));
        assert_ne!(peer(address("2001:db8::1")), peer(address("2001:db8:0:1::1")));
        assert_eq!(peer(address("::ffff:10.0.0.1")), peer(address("10.0.0.1")));
    }

    #[test]
    fn a_place_is_free_when_its_connection_ends() {
        let connections = Connections::new(4);
        for _ in 0..100 {
            let (place, _closed) = connections.admit(address("10.0.0.1")).expect("room");
            let work = place.work();
            drop(work);
        }
        assert!(connections.lock().open.is_empty());
    }
}

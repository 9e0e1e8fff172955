//! What fits and removes most: a knapsack whose pieces with a restart must each lie in one window.
//!
//! Pieces that go at any time are solved exactly, minute by minute. Pieces with a restart are laid
//! into windows one after another; of all ways that leave the same free minutes only the best is
//! kept, and ways that cannot beat a plan already known are dropped. When more ways remain than
//! are looked at, the most promising are followed, and the answer is no longer proved the best.

use super::{EXACT_TASKS_MAX, Proof, WINDOWS_MAX};
use crate::today::Restart;
use std::cmp::Reverse;

/// Where in the time something is done.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// At any time.
    Anytime,
    /// In the window with this place in the budget's list.
    Window(usize),
}

/// A task as the choice sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub minutes: u32,
    pub removes: u64,
    pub urgent: bool,
    pub restart: Restart,
}

impl Piece {
    /// What it counts: everything urgent together outweighs all that is not, so that the best sum
    /// holds the most of the urgent and, beside it, the most of the rest.
    // INVARIANT: TASKS_MAX pieces of at most 2 * 1015 * 2 * 11 marks stay below 2^29, and 2^32
    // times that below 2^61.
    fn counts(&self) -> u64 {
        if self.urgent { self.removes << 32 } else { self.removes }
    }

    fn is_in_window(&self) -> bool {
        self.restart == Restart::Needed
    }
}

/// The most ways of filling the windows that are followed at once.
const WAYS_MAX: usize = 50_000;

/// The most ways that are followed in all, where there are many pieces.
const WAYS_IN_ALL_MAX: usize = 150_000;

/// How many ways a first, quick search follows; its answer lets the next drop most others.
const WAYS_FIRST: usize = 64;

/// A second search follows this many times fewer ways than the last.
const WAYS_AGAIN: usize = 20;

/// The most cells of a table of bounds.
const CELLS_MAX: usize = 1 << 20;

/// The place of each piece, or none, and whether that is the best there is.
pub(super) fn choose(
    pieces: &[Piece],
    minutes: u32,
    windows: &[u32],
) -> (Vec<Option<Place>>, Proof) {
    let (mut anytime, mut in_window): (Vec<usize>, Vec<usize>) =
        (0..pieces.len()).partition(|index| !pieces[*index].is_in_window());
    anytime.retain(|index| pieces[*index].minutes <= minutes);
    let longest = windows.iter().copied().max().map(|longest| longest.min(minutes));
    in_window.retain(|index| longest.is_some_and(|longest| pieces[*index].minutes <= longest));
    in_window.sort_by_key(|index| Reverse(density(&pieces[*index])));
    let shelf = Shelf::new(pieces, &anytime, minutes);
    let search = Search::new(pieces, &in_window, minutes, windows, &shelf.best);
    let mut found = search.run(WAYS_FIRST, None);
    let ways_max = if pieces.len() <= EXACT_TASKS_MAX {
        WAYS_MAX
    } else {
        (WAYS_IN_ALL_MAX / in_window.len().max(1)).clamp(WAYS_FIRST, WAYS_MAX)
    };
    for ways in [ways_max / WAYS_AGAIN, ways_max] {
        if found.proof == Proof::Good {
            found = search.run(ways, Some(found));
        }
    }
    let mut places = vec![None; pieces.len()];
    for (index, window) in found.laid {
        places[index] = Some(Place::Window(window));
    }
    for index in shelf.taken(pieces, minutes.saturating_sub(found.used)) {
        places[index] = Some(Place::Anytime);
    }
    if found.proof == Proof::Good {
        hold_the_rule(pieces, minutes, windows, &mut places);
    }
    (places, found.proof)
}

/// What a piece counts in a minute, in millionths; a piece that takes no time comes first.
fn density(piece: &Piece) -> u128 {
    u128::from(piece.counts()) * 1_000_000 / u128::from(piece.minutes.max(1))
}

/// What no choice can exceed: the windows are taken for one, and urgency does not count.
pub(super) fn at_most(pieces: &[Piece], minutes: u32, windows: &[u32]) -> u64 {
    let longest = windows.iter().copied().max();
    let together = windows.iter().fold(0u32, |sum, window| sum.saturating_add(*window));
    let room = together.min(minutes) as usize;
    let mut anytime = vec![0; minutes as usize + 1];
    let mut in_window = vec![0; room + 1];
    for piece in pieces {
        if !piece.is_in_window() {
            add(&mut anytime, piece.minutes, piece.removes, |_| ());
        } else if longest.is_some_and(|longest| piece.minutes <= longest) {
            add(&mut in_window, piece.minutes, piece.removes, |_| ());
        }
    }
    let both = in_window.iter().zip(anytime.iter().rev()).map(|(here, there)| here + there);
    both.max().unwrap_or(0)
}

/// Offers a piece to a table of the best sum within each number of minutes.
fn add(best: &mut [u64], minutes: u32, counts: u64, mut taken: impl FnMut(usize)) {
    let minutes = minutes as usize;
    for within in (minutes..best.len()).rev() {
        let with = best[within - minutes] + counts;
        if with > best[within] {
            best[within] = with;
            taken(within);
        }
    }
}

/// The best choice of the pieces that go at any time, within each number of minutes.
struct Shelf {
    order: Vec<usize>,
    best: Vec<u64>,
    /// For each piece a row of bits: whether it is taken within that number of minutes.
    rows: Vec<Vec<u64>>,
}

impl Shelf {
    fn new(pieces: &[Piece], order: &[usize], minutes: u32) -> Self {
        let mut best = vec![0; minutes as usize + 1];
        let row = |index: &usize| {
            let mut row = vec![0u64; best.len().div_ceil(64)];
            let Piece { minutes, .. } = pieces[*index];
            let counts = pieces[*index].counts();
            add(&mut best, minutes, counts, |within| row[within / 64] |= 1 << (within % 64));
            row
        };
        let rows = order.iter().map(row).collect();
        Shelf { order: order.to_vec(), best, rows }
    }

    fn taken(&self, pieces: &[Piece], within: u32) -> Vec<usize> {
        let mut within = within as usize;
        let mut taken = Vec::new();
        for (index, row) in self.order.iter().zip(&self.rows).rev() {
            if row[within / 64] >> (within % 64) & 1 == 1 {
                taken.push(*index);
                within -= pieces[*index].minutes as usize;
            }
        }
        taken
    }
}

/// Lays the pieces with a restart into windows.
struct Search<'a> {
    pieces: &'a [Piece],
    order: &'a [usize],
    minutes: u32,
    windows: Vec<u16>,
    /// The best that the pieces at any time bring within each number of minutes.
    anytime: &'a [u64],
    /// For each piece, what it and those after it bring at most: with those at any time, within a
    /// number of minutes; and alone, within the free minutes of all windows. Empty when too large.
    bounds: Vec<[Vec<u64>; 2]>,
}

/// The free minutes of each window in rising order: which window is which does not matter until
/// the end. There are as many as there can be windows; those that there are not have none free.
type Free = [u16; WINDOWS_MAX];

/// One way of filling the windows.
#[derive(Clone, Copy)]
struct Way {
    free: Free,
    used: u32,
    counts: u64,
    /// The last link of its chain of pieces.
    chain: Option<u32>,
}

/// A piece that was laid into a window: the link before, the piece, how much was free before.
#[derive(Clone, Copy)]
struct Link {
    before: Option<u32>,
    piece: usize,
    free: u16,
}

struct Found {
    laid: Vec<(usize, usize)>,
    used: u32,
    counts: u64,
    proof: Proof,
}

impl<'a> Search<'a> {
    fn new(
        pieces: &'a [Piece],
        order: &'a [usize],
        minutes: u32,
        windows: &[u32],
        anytime: &'a [u64],
    ) -> Self {
        // BUDGET_MINUTES_MAX is below 2^16.
        let short = |window: &u32| u16::try_from((*window).min(minutes)).unwrap_or(u16::MAX);
        let windows: Vec<u16> = windows.iter().map(short).collect();
        let room = windows.iter().map(|window| u32::from(*window)).sum::<u32>();
        let room = room.min(minutes) as usize;
        let mut bounds = Vec::new();
        if (order.len() + 1) * (anytime.len() + room) <= CELLS_MAX {
            let mut pair = [anytime.to_vec(), vec![0; room + 1]];
            bounds.push(pair.clone());
            for index in order.iter().rev() {
                let piece = &pieces[*index];
                pair.iter_mut().for_each(|best| add(best, piece.minutes, piece.counts(), |_| ()));
                bounds.push(pair.clone());
            }
            bounds.reverse();
        }
        Search { pieces, order, minutes, windows, anytime, bounds }
    }

    /// The most that a way can still come to when the pieces from `next` on are open.
    fn promise(&self, way: &Way, next: usize) -> u64 {
        let rest = (self.minutes - way.used) as usize;
        let at_any_time = self.anytime[rest];
        let Some([shared, alone]) = self.bounds.get(next) else {
            return way.counts + at_any_time;
        };
        let free = way.free.iter().map(|free| usize::from(*free)).sum::<usize>();
        way.counts + shared[rest].min(alone[free.min(rest)] + at_any_time)
    }

    fn run(&self, ways_max: usize, known: Option<Found>) -> Found {
        let floor = known.as_ref().map(|known| known.counts).filter(|_| !self.bounds.is_empty());
        let mut free = [0; WINDOWS_MAX];
        free.iter_mut().zip(&self.windows).for_each(|(free, window)| *free = *window);
        free.sort_unstable();
        let start = Way { free, used: 0, counts: 0, chain: None };
        let (mut ways, mut links, mut proof) = (vec![start], Vec::<Link>::new(), Proof::Best);
        for (depth, index) in self.order.iter().enumerate() {
            let mut next = self.extended(&ways, *index);
            if let Some(floor) = floor {
                next.retain(|(way, _)| self.promise(way, depth + 1) > floor);
            }
            if next.len() > ways_max {
                proof = Proof::Good;
                next.sort_by_cached_key(|(way, _)| Reverse(self.promise(way, depth + 1)));
                next.truncate(ways_max);
            }
            let linked = |(way, free): (Way, Option<u16>)| {
                let Some(free) = free else { return way };
                links.push(Link { before: way.chain, piece: *index, free });
                Way { chain: u32::try_from(links.len() - 1).ok(), ..way }
            };
            ways = next.into_iter().map(linked).collect();
        }
        let end = |way: &Way| way.counts + self.anytime[(self.minutes - way.used) as usize];
        // Of equal ways the first, so that the answer is always the same.
        let best = ways.iter().rev().max_by_key(|way| end(way));
        match (best, known) {
            (Some(best), known) if known.as_ref().is_none_or(|known| known.counts < end(best)) => {
                let laid = self.replayed(&links, best.chain);
                Found { laid, used: best.used, counts: end(best), proof }
            }
            (_, Some(known)) => Found { proof, ..known },
            // There is always the way that leaves every window empty.
            (_, None) => Found { laid: Vec::new(), used: 0, counts: 0, proof },
        }
    }

    /// Every way with the piece left out or laid into one of the windows, and how much was free in
    /// that one; of the ways that leave the same free minutes, the best.
    fn extended(&self, ways: &[Way], index: usize) -> Vec<(Way, Option<u16>)> {
        let Piece { minutes, .. } = self.pieces[index];
        let counts = self.pieces[index].counts();
        // `choose` keeps out what is longer than every window.
        let short = u16::try_from(minutes).unwrap_or(u16::MAX);
        let mut next: Vec<(Way, Option<u16>)> = Vec::with_capacity(2 * ways.len());
        for way in ways {
            next.push((*way, None));
            if way.used + minutes > self.minutes {
                continue;
            }
            // Those that there are not have none free, so they stand before those that there are.
            let first = WINDOWS_MAX - self.windows.len();
            for (window, free) in way.free.iter().enumerate().skip(first) {
                // Windows with as much free time are as good as each other.
                let tried = window > first && way.free[window - 1] == *free;
                if let Some(rest) = free.checked_sub(short).filter(|_| !tried) {
                    let mut with = *way;
                    with.free[window] = rest;
                    with.free.sort_unstable();
                    with.used += minutes;
                    with.counts += counts;
                    next.push((with, Some(*free)));
                }
            }
        }
        next.sort_by_key(|(way, _)| (way.free, Reverse(way.counts)));
        next.dedup_by_key(|(way, _)| way.free);
        next
    }

    /// The pieces of a chain and their windows, which are told apart again from the start.
    fn replayed(&self, links: &[Link], last: Option<u32>) -> Vec<(usize, usize)> {
        let link = |at: Option<u32>| at.and_then(|at| links.get(at as usize)).copied();
        let backwards = std::iter::successors(link(last), |before| link(before.before));
        let mut chain: Vec<Link> = backwards.collect();
        chain.reverse();
        let mut free = self.windows.clone();
        let mut laid = Vec::new();
        for Link { piece, free: before, .. } in chain {
            if let Some(window) = free.iter().position(|free| *free == before) {
                let minutes = u16::try_from(self.pieces[piece].minutes).unwrap_or(u16::MAX);
                free[window] = before.saturating_sub(minutes);
                laid.push((piece, window));
            }
        }
        laid
    }
}

/// Where the search was cut short, an urgent piece may have been left that would fit beside the
/// urgent ones that were taken: it is put in, and what is not urgent makes room.
pub(super) fn hold_the_rule(
    pieces: &[Piece],
    minutes: u32,
    windows: &[u32],
    places: &mut [Option<Place>],
) {
    let urgent_left: Vec<usize> =
        (0..pieces.len()).filter(|i| pieces[*i].urgent && places[*i].is_none()).collect();
    for index in urgent_left {
        let urgent_only: Vec<Option<Place>> =
            places.iter().zip(pieces).map(|(place, p)| place.filter(|_| p.urgent)).collect();
        let Some(place) = room(pieces, minutes, windows, &urgent_only, index) else { continue };
        places[index] = Some(place);
        // The least worth its time goes first, in the window itself and then anywhere.
        let mut others: Vec<usize> =
            (0..pieces.len()).filter(|i| !pieces[*i].urgent && places[*i].is_some()).collect();
        others.sort_by_key(|i| (places[*i] != Some(place), density(&pieces[*i])));
        for other in others {
            if !overfull(pieces, minutes, windows, places) {
                break;
            }
            places[other] = None;
        }
    }
    let mut rest: Vec<usize> = (0..pieces.len()).filter(|i| places[*i].is_none()).collect();
    rest.sort_by_key(|i| Reverse(density(&pieces[*i])));
    for index in rest {
        places[index] = room(pieces, minutes, windows, places, index);
    }
}

/// Where a piece fits beside those that have a place.
fn room(
    pieces: &[Piece],
    minutes: u32,
    windows: &[u32],
    places: &[Option<Place>],
    index: usize,
) -> Option<Place> {
    let piece = &pieces[index];
    let (all, each) = load(pieces, windows.len(), places);
    if u64::from(piece.minutes) + all > u64::from(minutes) {
        return None;
    }
    if !piece.is_in_window() {
        return Some(Place::Anytime);
    }
    let fits = |window: &usize| {
        let taken = each.get(*window).copied().unwrap_or(0);
        let long = windows.get(*window).copied().unwrap_or(0);
        u64::from(piece.minutes) + taken <= u64::from(long)
    };
    (0..windows.len()).find(fits).map(Place::Window)
}

fn overfull(pieces: &[Piece], minutes: u32, windows: &[u32], places: &[Option<Place>]) -> bool {
    let (all, each) = load(pieces, windows.len(), places);
    all > u64::from(minutes) || each.iter().zip(windows).any(|(load, long)| load > &(*long).into())
}

/// How many minutes are taken, in all and in each window.
fn load(pieces: &[Piece], windows: usize, places: &[Option<Place>]) -> (u64, Vec<u64>) {
    let (mut all, mut each) = (0, vec![0; windows]);
    for (piece, place) in pieces.iter().zip(places) {
        if let Some(place) = place {
            all += u64::from(piece.minutes);
            if let Place::Window(window) = place
                && let Some(load) = each.get_mut(*window)
            {
                *load += u64::from(piece.minutes);
            }
        }
    }
    (all, each)
}

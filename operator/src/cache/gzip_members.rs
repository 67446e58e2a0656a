//! A text as a chain of gzip members, of which those stay that hold the same pieces as before. The only copy of a piece is
//! the compressed one in its member. Pure.
//!
//! Where the chain is cut follows from the names and lengths of the pieces alone (content-defined chunking), so a piece
//! that comes, goes or grows moves the cuts next to it and no others, and equal pieces give equal bytes.

use std::ops::Range;

use formats::gzip;

/// How many bytes of text a member has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// On average, roughly.
    pub(crate) average: u32,
    /// At least: each member costs a header, and learns its words again.
    pub(crate) least: usize,
    /// At most, but for the end of a piece.
    pub(crate) most: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            average: 64 << 10,
            least: 16 << 10,
            most: 256 << 10,
        }
    }
}

/// One gzip member.
#[derive(Debug, Default)]
pub(crate) struct Member {
    /// The member.
    pub(crate) gzip: Box<[u8]>,
    /// Bytes of its text.
    length: usize,
}

/// Where a piece is: which member, and which bytes of its text.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    member: usize,
    range: Range<usize>,
}

impl Place {
    /// Bytes of the piece.
    pub(crate) fn length(&self) -> usize {
        self.range.len()
    }
}

/// The pieces at these places of `chain`, which are in its order, as one text.
pub(crate) fn text_at<'a>(chain: &[Member], places: impl IntoIterator<Item = &'a Place>) -> Vec<u8> {
    let (mut text, mut unpacked) = (Vec::new(), Unpacked::default());
    for place in places.into_iter().filter(|place| !place.range.is_empty()) {
        text.extend_from_slice(&unpacked.member(chain, place.member)[place.range.clone()]);
    }
    text
}

/// The text of the member of a chain that was asked for last.
#[derive(Debug, Default)]
struct Unpacked(Option<(usize, Vec<u8>)>);

impl Unpacked {
    fn member(&mut self, chain: &[Member], member: usize) -> &[u8] {
        if self.0.as_ref().is_none_or(|(known, _)| *known != member) {
            let Member { gzip, length } = &chain[member];
            let text = gzip::decompress(&**gzip, *length as u64).expect("a member that was written here");
            self.0 = Some((member, text));
        }
        self.0.as_ref().map_or(&[], |(_, text)| text)
    }
}

/// A piece of the text.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Not known before.
    New(String),
    /// In the chain that the writer was made with.
    Kept(Place),
}

impl Piece {
    fn length(&self) -> usize {
        match self {
            Self::New(text) => text.len(),
            Self::Kept(place) => place.range.len(),
        }
    }
}

/// Writes a chain.
#[derive(Debug)]
pub(crate) struct Writer {
    sizes: Sizes,
    last: Vec<Member>,
    /// Text of members of `last`.
    unpacked: Unpacked,
    pending: Vec<Piece>,
    length: usize,
    finished: Vec<Member>,
}

impl Writer {
    /// A writer that takes over what it can from the chain `last`.
    pub(crate) fn new(sizes: Sizes, last: Vec<Member>) -> Self {
        Self {
            sizes,
            last,
            unpacked: Unpacked::default(),
            pending: Vec::new(),
            length: 0,
            finished: Vec::new(),
        }
    }

    /// Adds the piece whose name has the hash `mark`.
    pub(crate) fn push(&mut self, mark: u32, piece: Piece) -> Place {
        let (start, length) = (self.length, piece.length());
        if length == 0 {
            // It may be after the last member, which is no place.
            return Place { member: 0, range: 0..0 };
        }
        self.length += length;
        let place = Place {
            member: self.finished.len(),
            range: start..self.length,
        };
        self.pending.push(piece);
        let Sizes { average, least, most } = self.sizes;
        if self.length >= most || (self.length >= least && ends_member(mark, length, average)) {
            self.end_member();
        }
        place
    }

    /// The chain.
    pub(crate) fn finish(mut self) -> Vec<Member> {
        self.end_member();
        self.finished
    }

    fn end_member(&mut self) {
        let (pending, length) = (std::mem::take(&mut self.pending), std::mem::take(&mut self.length));
        if length == 0 {
            return;
        }
        let gzip = match self.whole_member(&pending, length) {
            Some(member) => std::mem::take(&mut self.last[member].gzip),
            None => gzip::compress(&self.text(pending, length)).into(),
        };
        self.finished.push(Member { gzip, length });
    }

    /// The member of the last chain that holds the same pieces in the same order and no others.
    fn whole_member(&self, pieces: &[Piece], length: usize) -> Option<usize> {
        let mut end = 0;
        let mut member = None;
        for piece in pieces {
            let Piece::Kept(place) = piece else { return None };
            if place.range.start != end || member.is_some_and(|member| member != place.member) {
                return None;
            }
            end = place.range.end;
            member = Some(place.member);
        }
        member.filter(|member| self.last[*member].length == length)
    }

    fn text(&mut self, pieces: Vec<Piece>, length: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(length);
        for piece in pieces {
            match piece {
                Piece::New(new) => text.extend_from_slice(new.as_bytes()),
                Piece::Kept(place) => {
                    text.extend_from_slice(&self.unpacked.member(&self.last, place.member)[place.range]);
                }
            }
        }
        text
    }
}

/// Whether a member ends after the piece: by a hash of its name, and the more likely the longer it is, so that this
/// happens once in `average` bytes.
fn ends_member(mark: u32, length: usize, average: u32) -> bool {
    u64::from(mark) < (length as u64).saturating_mul(u64::from(u32::MAX / average))
}

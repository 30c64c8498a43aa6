// Package library knows what the account has on the service.
//
// A Catalogue holds the account's files in memory and keeps them on the disk
// (storage/listing), so that they are there at once at the next start and
// without a network; Status says from when they are. It is brought up to date
// by one listing of the service, read as it comes and compared with what is
// known: files that did not change stay as they are, so that an update needs
// little memory beside that of the files, and only the parts that changed are
// written, in one transaction. A listing that breaks off changes nothing.
//
// What this computer does by itself, uploading and deleting, is told by Added
// and Removed and shows at once. A listing that was asked for before may not
// know of it yet: what was told while it was read holds against it.
//
// # In memory
//
// A record is a compact form of service.File, some 100 bytes with its words. Records
// lie side by side in large pieces of memory, and are put so again when many
// were replaced: what is free between them could not be given back. A
// snapshot is a set of records that never changes, with columns beside them for
// searching: the plain names one behind the other, sizes, times, kinds; and the
// orders of sorting, made when first needed. Find goes through the columns and
// gives a List, which never changes either: whoever shows one can keep it while
// the catalogue moves on.
//
// # On the disk
//
// Records are dealt into 512 parts by their ids, each of which is written whole. The scope names the service and the account: several do not mix.
//
// Beside them is a glance: the first files in the order in which they were seen
// last, and the numbers of all. Use shows it at once, and all files when they are
// asked for, see Status.Glance; until then a search that it can't answer gives
// nothing.
//
// # Searching
//
// ParseQuery understands what is typed: parts of the name in any order, of
// which all must occur, without regard to case and accents; "in quotes" for
// spaces and for what would mean something else; -word for what must not
// occur; >10MB, <=1.5GiB; after:2026-01-01, before:2026-02, on:2026-02-28;
// type:image. What is not finished yet is left out, so that nothing flickers
// while it is typed.
package library

package thumbnail

import (
	"context"
	"slices"

	"sluice/service"
	"sluice/service/thumbnail/picture"
)

// The size classes: what one request asks for.
const (
	smallClass = service.MaxThumbnail
	largeClass = service.MaxThumbnailNew
)

func classOf(side int) int {
	if side <= smallClass {
		return smallClass
	}
	return largeClass
}

// phase is what comes next for a job.
type phase uint8

const (
	toLook   phase = iota // on the disk
	toFetch               // from the service, when it is time
	toDecode              // data
	toRead                // the local picture at path
	finished
)

// job is one file on its way. Its fields are guarded by Loader.mu.
type job struct {
	Wanted

	sides  []int // pixels of the pictures to make
	next   []int // the same as wanted now
	phase  phase
	busy   bool               // a worker has it
	cancel context.CancelFunc // of that worker's work; nil when it has no end of its own
	data   []byte             // toDecode: as the disk or the service gave it
	rough  bool               // toDecode: data is of the smaller class, or a camera's preview
	turn   picture.Turn       // toDecode: how to turn what data shows
	asked  bool               // toDecode: data is what the service gave when asked for its largest
	path   string             // toRead, or after a rough picture: the local picture, "" = none
}

// class is the size class that serves all sides.
func (j *job) class() int { return classOf(slices.Max(j.sides)) }

// resize takes over the sides that are wanted now. False means that the work
// under way is not for them.
func (j *job) resize() bool {
	slices.Sort(j.next)
	sides := slices.Compact(j.next)
	if j.sides != nil && j.class() != classOf(slices.Max(sides)) {
		return false
	}
	if !slices.Equal(sides, j.sides) {
		j.sides = slices.Clone(sides)
	}
	return true
}

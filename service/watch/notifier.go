package watch

import "github.com/fsnotify/fsnotify"

// notifier is what tells of changes in folders, one level deep each.
type notifier interface {
	Add(path string) error
	Remove(path string) error
	WatchList() []string
	Events() <-chan fsnotify.Event // closed when it ends
	Errors() <-chan error          // fsnotify.ErrEventOverflow: events were lost
	Close() error
}

type system struct{ *fsnotify.Watcher }

func (s system) Events() <-chan fsnotify.Event { return s.Watcher.Events }
func (s system) Errors() <-chan error          { return s.Watcher.Errors }

func openNotifier() (notifier, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return system{w}, nil
}

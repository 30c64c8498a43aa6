package sandbox

import "sluice/service"

func (t *thumbnailer) get(key thumbKey) *thumb {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.cached[key]
	if e == nil {
		return nil
	}
	t.recent.MoveToFront(e)
	return e.Value.(*thumb)
}

func (t *thumbnailer) put(made *thumb) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cached[made.key] != nil {
		return
	}
	t.cached[made.key] = t.recent.PushFront(made)
	if t.recent.Len() > maxCached {
		delete(t.cached, t.recent.Remove(t.recent.Back()).(*thumb).key)
	}
}

// forget drops a deleted file's thumbnails.
func (t *thumbnailer) forget(id service.FileID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, e := range t.cached {
		if key.id == id {
			t.recent.Remove(e)
			delete(t.cached, key)
		}
	}
}

package sandbox

import "sluice/service"

// addList stores a list under a new id.
func (st *store) addList(a album) (album, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for a.ID == "" || st.albums[a.ID] != nil {
		a.ID = service.AlbumID(newID())
	}
	st.seq++
	a.Seq = st.seq
	return a, st.commit(entry{List: &a})
}

// list gives a list; its files must not be changed.
func (st *store) list(id service.AlbumID) (album, error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if a := st.albums[id]; a != nil {
		return *a, nil
	}
	return album{}, errAbsent
}

// lists gives an account's lists in order of creation.
func (st *store) lists(who account) []album {
	st.mu.RLock()
	defer st.mu.RUnlock()
	var all []album
	for _, a := range bySeq(st.albums, func(a *album) bool { return a.Owner == who }) {
		all = append(all, *a)
	}
	return all
}

// eachList gives every list in order of creation.
func (st *store) eachList(yield func(album)) {
	st.mu.RLock()
	all := bySeq(st.albums, func(*album) bool { return true })
	st.mu.RUnlock()
	for _, a := range all {
		yield(*a)
	}
}

// changeList changes a list.
func (st *store) changeList(id service.AlbumID, how func(*album) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	a := st.albums[id]
	if a == nil {
		return errAbsent
	}
	fresh := *a
	if err := how(&fresh); err != nil {
		return err
	}
	return st.commit(entry{List: &fresh})
}

// dropList deletes a list; its files stay.
func (st *store) dropList(id service.AlbumID) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.albums[id] == nil {
		return errAbsent
	}
	return st.commit(entry{Unlist: id})
}

package api

// Target is the request of an operation that changes one resource and asks for nothing more.
type Target struct {
	ID string `path:"id" json:"-"`
}

// Validate accepts everything: an id that is none is not found.
func (Target) Validate() error { return nil }

// On returns the id, and no condition.
func (t Target) On() (id string, seen Conditional) { return t.ID, Conditional{} }

// Change is a request that changes one resource: the one with the id, if it is as the caller saw it.
type Change interface {
	Request
	On() (id string, seen Conditional)
}

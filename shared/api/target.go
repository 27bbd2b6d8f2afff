package api

// Target is the request of an operation that changes one resource and asks for nothing more.
type Target struct {
	ID string `path:"id" json:"-"`
	Conditional
}

// Validate answers what is wrong with the condition. Every id is accepted: one that is none is not found.
func (t Target) Validate() error {
	c := checking(t)
	t.Conditional.check(&c)
	return c.err()
}

// On returns the resource that is changed, and what the caller saw of it.
func (t Target) On() (id string, seen Conditional) { return t.ID, t.Conditional }

// Change is a request that changes one resource: the one with the id, if it is as the caller saw it.
// lifecycle.Transition keeps the condition.
type Change interface {
	Request
	On() (id string, seen Conditional)
}

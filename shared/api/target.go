package api

// Target is the request of an operation that changes one resource and has no other parameters.
type Target struct {
	ID string `path:"id" json:"-"`
	Conditional
}

// Validate checks the condition. It accepts any id: a malformed one is not found.
func (t Target) Validate() error {
	c := checking(t)
	t.Conditional.check(&c)
	return c.err()
}

// On returns the id of the resource and the condition of the change.
func (t Target) On() (id string, seen Conditional) { return t.ID, t.Conditional }

// Change is a request that changes one resource, on a condition. lifecycle.Transition checks the condition.
type Change interface {
	Request
	On() (id string, seen Conditional)
}

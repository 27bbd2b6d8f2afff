package api

// CatalogSort is by what a list of applications or of Arxes is sorted. A minus sorts backwards.
type CatalogSort string

// The sorts of applications and of Arxes. Those that are equal by it are sorted by when they were
// created.
const (
	CatalogNewestFirst  CatalogSort = "-created_at"
	CatalogOldestFirst  CatalogSort = "created_at"
	CatalogByName       CatalogSort = "name"
	CatalogByNameBack   CatalogSort = "-name"
	CatalogByStatus     CatalogSort = "status" // active, disabled, archived or deleted
	CatalogByStatusBack CatalogSort = "-status"
)

func (s CatalogSort) check(c *check) {
	if s != "" {
		oneOf(c, "sort", s, CatalogNewestFirst, CatalogOldestFirst, CatalogByName, CatalogByNameBack, CatalogByStatus, CatalogByStatusBack)
	}
}

package fill

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/lifecycle"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/store/usestore"
	"github.com/arxkeys/arxkeys/shared/usage"
)

// One of this many applications, and one of this many Arxes, is disabled, and stops its keys.
const (
	disabledApplications = 25
	disabledArxes        = 20
)

// parents creates the missing applications and Arxes. Their creation times are before those of the keys.
func (f *filling) parents(ctx context.Context) error {
	if err := f.readParents(ctx); err != nil {
		return err
	}
	if f.Now.IsZero() {
		f.Now = time.Now()
	}
	if len(f.arxes) > 0 {
		f.Now = f.arxes[0].CreatedAt.Add(span + time.Hour)
	}
	f.Now = f.Now.UTC().Truncate(time.Millisecond)
	at := f.Now.Add(-span - time.Hour)
	for i := len(f.arxes); i < f.Arxes; i++ {
		if err := f.createArx(ctx, i, at.Add(time.Duration(i)*time.Millisecond)); err != nil {
			return err
		}
	}
	for i := len(f.applications); i < f.Applications; i++ {
		if err := f.createApplication(ctx, i, at.Add(time.Duration(f.Arxes+i)*time.Millisecond)); err != nil {
			return err
		}
	}
	if err := f.readParents(ctx); err != nil {
		return err
	}
	return f.disable(ctx, at.Add(time.Minute))
}

// readParents reads applications and Arxes, each in the order of creation.
func (f *filling) readParents(ctx context.Context) error {
	page := api.Page{Limit: api.MaxPageItems}
	f.applications, f.arxes = nil, nil
	for more := true; more; {
		found, err := applicationstore.New(f.db).List(ctx, f.Name, api.ListApplicationsRequest{Page: page})
		if err != nil {
			return err
		}
		f.applications = append(f.applications, found.Rows...)
		if more = found.Next != nil; more {
			page.Cursor = *found.Next
		}
	}
	page.Cursor = ""
	for more := true; more; {
		found, err := arxstore.New(f.db).List(ctx, f.Name, api.ListArxesRequest{Page: page})
		if err != nil {
			return err
		}
		f.arxes = append(f.arxes, found.Rows...)
		if more = found.Next != nil; more {
			page.Cursor = *found.Next
		}
	}
	slices.Reverse(f.applications)
	slices.Reverse(f.arxes)
	for _, a := range f.arxes {
		if a.CreatedBy.ID != f.owner().ID {
			return errors.New("it has other data: use another tenant")
		}
	}
	return nil
}

func (f *filling) createApplication(ctx context.Context, i int, at time.Time) error {
	random := f.random("application", i)
	a, err := applications.New(f.owner(), api.CreateApplicationRequest{Name: parentName(random, i), Technology: api.Server}, at, random)
	if err != nil {
		return err
	}
	e, err := audit.New(f.owner(), api.CreateApplication.Name, a.Resource(), a.Created(), "", at, random)
	if err != nil {
		return err
	}
	return applicationstore.New(f.db).Create(ctx, a, e, requeststore.Request{})
}

func (f *filling) createArx(ctx context.Context, i int, at time.Time) error {
	random := f.random("arx", i)
	a, err := arxes.New(f.owner(), api.CreateArxRequest{Name: parentName(random, i), Regions: []string{"eu-central-1"}, Cycle: api.Annually}, at, random)
	if err != nil {
		return err
	}
	e, err := audit.New(f.owner(), api.CreateArx.Name, a.Resource(), a.Created(), "", at, random)
	if err != nil {
		return err
	}
	_, err = arxstore.New(f.db).Create(ctx, a, e, requeststore.Request{})
	return err
}

// disable disables some applications and Arxes, which stops their keys.
func (f *filling) disable(ctx context.Context, at time.Time) (err error) {
	for i, a := range f.applications {
		if i%disabledApplications != disabledApplications-1 || a.Status != api.ApplicationActive {
			continue
		}
		f.applications[i], err = applicationstore.New(f.db).Change(ctx, f.Name, a.ID, lifecycle.Transition(f.owner(), api.DisableApplication.Name, api.Conditional{},
			func(was applications.Application) (applications.Application, error) {
				return was.Do(applications.Disable, f.owner(), at)
			}, f.random("disabled application", i)))
		if err != nil {
			return err
		}
	}
	for i, a := range f.arxes {
		if i%disabledArxes != disabledArxes-1 || a.Status != api.ArxActive {
			continue
		}
		f.arxes[i], err = arxstore.New(f.db).Change(ctx, f.Name, a.ID, lifecycle.Transition(f.owner(), api.DisableArx.Name, api.Conditional{},
			func(was arxes.Arx) (arxes.Arx, error) { return was.Do(arxes.Disable, f.owner(), at) }, f.random("disabled Arx", i)))
		if err != nil {
			return err
		}
	}
	return nil
}

// parentName returns a unique name for the application or Arx with the number.
func parentName(random *mathrand.ChaCha8, i int) string {
	return fmt.Sprintf("%s %04d", text(mathrand.New(random), 2), i+1)
}

// uses returns the usage of the latest days of the tenant, its applications and its Arxes.
func (f *filling) uses() (items []table.Item) {
	of := []usage.Subject{usage.Of(f.Name)}
	for _, a := range f.applications {
		of = append(of, usage.Of(a.ID))
	}
	for _, a := range f.arxes {
		of = append(of, usage.Of(a.ID))
	}
	const days = 30
	for i, subject := range of {
		pick := mathrand.New(f.random("uses", i))
		for back := range days {
			figures := usage.Figures{}
			for hour := range 24 {
				figures[usage.Cell{Hour: hour, Code: api.CodeValid}] = 1 + pick.IntN(1000)
			}
			figures[usage.Cell{Hour: pick.IntN(24), Code: api.CodeExpired}] = 1 + pick.IntN(10)
			day := f.Now.Truncate(24*time.Hour).AddDate(0, 0, -back)
			items = append(items, usestore.StoredDay(usage.Day{Subject: subject, Start: day}, figures))
		}
		if i > 0 {
			hour := f.Now.Truncate(time.Hour)
			items = append(items, usestore.StoredLatest(usage.Record{Tenant: f.Name, ID: subject.ID}, usage.LatestUse{
				Last: usage.LastUse{Newest: usage.Sight{At: f.Now}}, Good: map[time.Time]int{hour: 1 + pick.IntN(1000)},
			}))
		}
	}
	return items
}

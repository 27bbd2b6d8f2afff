// Command samples runs the Go samples of the API reference, in their order. A sample is what is between the comments
// "sample" with an operation's name and "end".
//
//	ARXKEYS_URL=… ARXKEYS_MANAGEMENT_KEY=… APPLICATION_ID=… ARX_ID=… go run ./infra/samples
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

func main() {
	if err := run(context.Background(), os.Getenv("APPLICATION_ID"), os.Getenv("ARX_ID")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, applicationID, arxID string) error {
	// sample all
	arxkeys := &client.Client{
		BaseURL: os.Getenv("ARXKEYS_URL"), // such as https://keys.example
		Authorization: func(context.Context) (string, error) {
			return os.Getenv("ARXKEYS_MANAGEMENT_KEY"), nil
		},
	}

	// end

	// sample keys.create
	created, err := client.Call(ctx, arxkeys, api.CreateKey, api.CreateKeyRequest{
		ApplicationID: applicationID,
		ArxID:         arxID,
		Name:          "nightly export",
		Scopes:        []string{"invoices:read"},
	})
	if err != nil {
		return err
	}
	accessKey := *created.AccessKey // only this response contains it
	// end
	keyID := created.Key.ID

	// sample keys.verify
	verdict, err := client.Call(ctx, arxkeys, api.VerifyKey, api.VerifyKeyRequest{
		Key:    accessKey,
		ArxID:  arxID,
		Scopes: []string{"invoices:read"},
	})
	if err != nil {
		return err // the key could not be verified: refuse the request
	}
	fmt.Println(verdict.Valid, verdict.Code)
	// end

	// sample keys.rotate
	overlap := 86400
	rotated, err := client.Call(ctx, arxkeys, api.RotateKey, api.RotateKeyRequest{ID: keyID, OverlapSeconds: &overlap})
	if err != nil {
		return err
	}
	newAccessKey := *rotated.AccessKey // the old one works for another day
	// end

	// sample keys.disable
	key, err := client.Call(ctx, arxkeys, api.DisableKey, api.Target{ID: keyID})
	if err != nil {
		return err
	}
	fmt.Println(key.Status)
	// end

	// sample keys.enable
	key, err = client.Call(ctx, arxkeys, api.EnableKey, api.Target{ID: keyID})
	if err != nil {
		return err
	}
	fmt.Println(key.Status)
	// end

	// sample keys.delete
	key, err = client.Call(ctx, arxkeys, api.DeleteKey, api.Target{ID: keyID})
	if err != nil {
		return err
	}
	fmt.Println(key.Status)
	// end
	if newAccessKey == accessKey {
		return fmt.Errorf("the key was not rotated")
	}
	return nil
}

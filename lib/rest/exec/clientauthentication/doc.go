// Package clientauthentication holds what client and exec plugin tell each other.
package clientauthentication

package transport_test

const fetchEnv = "TRANSPORT_TEST_FETCH"

func fetchAndPrint(url string) int { return 0 }

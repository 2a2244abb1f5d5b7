import http.server

PORT = 8080

def main():
    print("starting", PORT)
    http.server.test(port=PORT)

main()

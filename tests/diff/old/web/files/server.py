import http.server

PORT = 8080

def main():
    print("starting")
    http.server.test()

main()

using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Memento.Tests.Faults;
using Npgsql;

namespace Memento.Tests.PostgreSql;

/// <summary>A server with a certificate that a private authority has signed.</summary>
public sealed class PostgresTlsTests : IDisposable
{
    private readonly PostgresServer _server;
    private readonly X509Certificate2 _authority = NewAuthority();
    private readonly int _port;

    public PostgresTlsTests()
    {
        _server = PostgresServer.StartAnother();
        _server.Crash();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=db", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            _authority, _authority.NotBefore, _authority.NotAfter, [1, 2, 3]);
        string certificateFile = Path.Combine(_server.Root, "server.crt");
        string keyFile = Path.Combine(_server.Root, "server.key");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        _server.Own(certificateFile);
        _server.Own(keyFile);
        _server.Start(
            $"-c listen_addresses=127.0.0.1 -c port={_port} -c ssl=on "
            + $"-c ssl_cert_file={certificateFile} -c ssl_key_file={keyFile}");
    }

    public void Dispose()
    {
        _server.End();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_silo_works_with_the_authority_that_it_names()
    {
        await using MementoHost host = await StartAsync("127.0.0.1", _authority);
        await host.Memento.Table<Receipt>().PutAsync(new Receipt { Token = "a" });

        // All connections of the store are encrypted, those of the catalog too.
        await using var other = new NpgsqlConnection(Connection("127.0.0.1", _authority));
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl)
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
            WHERE backend_type = 'client backend'
            """,
            other);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(
            TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.InRange(reader.GetInt64(0), 2, 100);
        Assert.Equal(0, reader.GetInt64(1));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using X509Certificate2 another = NewAuthority();
        await RefusedAsync("127.0.0.1", another);
    }

    [Fact]
    public async Task A_certificate_of_another_host_is_refused()
        => await RefusedAsync("localhost", _authority);

    private static X509Certificate2 NewAuthority()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private async Task RefusedAsync(string host, X509Certificate2 authority)
    {
        StorageException refused = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await using MementoHost silo = await StartAsync(host, authority);
        });
        Assert.Contains($"PostgreSQL {host}:{_port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("certificate", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Root Certificate=", refused.Message, StringComparison.Ordinal);
    }

    private Task<MementoHost> StartAsync(string host, X509Certificate2 authority)
        => MementoHost.StartAsync(memento => memento
            .UsePostgreSql(Connection(host, authority)).AddTable<Receipt>());

    private string Connection(string host, X509Certificate2 authority)
    {
        string file = Path.Combine(_server.Root, $"{authority.Thumbprint}.crt");
        File.WriteAllText(file, authority.ExportCertificatePem());
        return $"Host={host};Port={_port};Database=postgres;Username={PostgresServer.Superuser};"
            + $"SSL Mode=VerifyFull;Root Certificate={file}";
    }
}

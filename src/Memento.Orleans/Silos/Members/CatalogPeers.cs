using Memento.Catalog;
using Memento.Messages;

namespace Memento.Silos.Members;

/// <summary>The silos of the cluster with their copies of the catalog, by messages.</summary>
internal sealed class CatalogPeers(AllSilos silos) : ICatalogPeers
{
    public bool IsDead(SiloAddress silo) => silos.IsDead(silo);

    public async Task<IReadOnlyList<string>> TellAsync(CatalogImage image)
    {
        IReadOnlyList<(SiloAddress Silo, string? Problem)> answers =
            await silos.CallAsync(silo => silo.LearnCatalogAsync(image));
        return
        [
            .. answers.Where(static answer => answer.Problem is not null)
                .Select(static answer => $"Silo {answer.Silo}: {answer.Problem}"),
        ];
    }

    public Task<IReadOnlyList<(SiloAddress Silo, CatalogImage? Image)>> AskAsync()
        => silos.CallAsync(static silo => silo.KnownCatalogAsync());
}

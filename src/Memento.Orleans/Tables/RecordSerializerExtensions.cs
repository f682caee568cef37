using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;

namespace Memento.Tables;

/// <summary>Registers the serializer of records, in silos and in clients.</summary>
internal static class RecordSerializerExtensions
{
    /// <summary>
    /// Carries the record types of the <see cref="TableRegistry"/>, which has to be a service,
    /// through Orleans. Doing it twice does nothing more.
    /// </summary>
    public static IServiceCollection AddMementoRecordSerializer(this IServiceCollection services)
    {
        services.TryAddSingleton<RecordCodec>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ISpecializableCodec, RecordCodec>(Find));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<ISpecializableCopier, RecordCodec>(Find));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITypeFilter, RecordCodec>(Find));
        return services;
    }

    private static RecordCodec Find(IServiceProvider services)
        => services.GetRequiredService<RecordCodec>();
}
